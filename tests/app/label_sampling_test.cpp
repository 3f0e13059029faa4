// Answers that Label samples from real models.
#include "label_window.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include <QComboBox>
#include <QFile>
#include <QLineEdit>

using namespace attune;
using namespace attune::test;

TEST_CASE("answers are sampled from a real model, ahead too, and K out of range is refused in a sentence") {
  LabelHouse house;
  house.addModel("talker");
  house.addModel("other");
  const QList<RecordId> ids = fillLabels(house, 3);
  LabelWindow w(house);
  CHECK(w.work().setCount(1).contains(QStringLiteral("from 4 to 9, not 1;")));
  CHECK(w.work().setCount(100).contains(QStringLiteral("not 100")));
  CHECK(w.work().count() == 5);
  w.label->countBox()->lineEdit()->setText(QStringLiteral("100"));
  Q_EMIT w.label->countBox()->lineEdit()->editingFinished();
  CHECK(w.label->message()->what().contains(QStringLiteral("from 4 to 9")));
  CHECK(w.work().setCount(4).isEmpty());
  StoredSampler sampler = w.work().settings();
  sampler.maxTokens = 12;
  w.work().setSettings(sampler);
  w.work().setModels({QStringLiteral("models/talker"), QStringLiteral("models/other")});
  w.work().openPrompt(ids[1]);
  REQUIRE(QTest::qWaitFor([&] { return w.work().sampling(); }, 5000));
  CHECK_FALSE(w.label->saveButton()->isEnabled());
  test::picture(*w.window, "label-sampling");
  REQUIRE(QTest::qWaitFor([&] { return w.task().answers.size() == 4; }, 120000));
  QStringList texts, models;
  for (const Answer& answer : w.task().answers) {
    texts << answer.text;
    models << answer.model;
    CHECK(answer.sampler.maxTokens == 12);
  }
  CHECK(texts.removeDuplicates() == 0);
  CHECK(models.count(QStringLiteral("models/talker")) == 2);
  // Others, in their place; undo brings the first ones back.
  w.key(Qt::Key_R, Qt::ControlModifier);
  REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling() && w.task().answers[0].text != texts[0]; }, 120000));
  w.undo();
  CHECK(w.task().answers[0].text == texts[0]);
  // The next prompt's were made meanwhile: it opens with them at once.
  REQUIRE(QTest::qWaitFor([&] { return w.bench.works().isEmpty(); }, 120000));
  w.work().openPrompt(ids[2]);
  REQUIRE(QTest::qWaitFor([&] { return w.task().answers.size() == 4; }, 2000));
  // A model that is broken: the strip says so, and the answers stay.
  QFile::remove(house.places.models + QStringLiteral("/other/model.safetensors"));
  w.key(Qt::Key_R, Qt::ControlModifier);
  REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling(); }, 120000));
  CHECK(w.task().answers.size() == 4);
}

TEST_CASE("answers that come out equal are drawn again; what stays equal is said, and the rest can be ranked") {
  LabelHouse house;
  house.addModel("talker");
  const QList<RecordId> ids = fillLabels(house, 3);
  LabelWindow w(house);
  CHECK(w.work().setCount(4).isEmpty());
  const auto sample = [&](RecordId prompt, const StoredSampler& sampler) {
    w.work().setSettings(sampler);
    w.work().openPrompt(prompt);
    REQUIRE(QTest::qWaitFor([&] { return w.work().sampling() || !w.task().answers.isEmpty(); }, 60000));
    REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling(); }, 120000));
  };
  StoredSampler cold = w.work().settings();
  cold.maxTokens = 6;
  cold.temperature = 0.001;
  sample(ids[1], cold);
  REQUIRE(w.task().answers.size() == 4);
  QStringList texts;
  QList<double> temperatures;
  for (const Answer& answer : w.task().answers) texts << answer.text, temperatures << answer.sampler.temperature;
  CHECK(texts.removeDuplicates() == 0);
  CHECK(temperatures.count(0.001) == 1);
  CHECK(w.label->message()->isHidden());

  StoredSampler two = cold; // two tokens to choose from
  two.temperature = 1;
  two.topK = 2;
  two.maxTokens = 1;
  sample(ids[2], two);
  REQUIRE(w.task().answers.size() == 2);
  CHECK(w.label->message()->why().contains(QStringLiteral("Only 2 of 4 answers differ")));
  for (const Qt::Key k : {Qt::Key_B, Qt::Key_A}) w.key(k), w.key(Qt::Key_Up, Qt::ShiftModifier);
  CHECK(w.label->saveButton()->isEnabled());
}
