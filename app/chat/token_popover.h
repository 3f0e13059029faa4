// The ten likeliest tokens in the place of one, as the model saw it before sampling: bars, percents, the chosen one in
// the accent. A click on another continues the reply from it.
#pragma once

#include "store/records.h"
#include "widgets/popover.h"

namespace attune {

class Tokenizer;
class TokenLadder;

class TokenPopover : public Popover {
  Q_OBJECT
public:
  explicit TokenPopover(QWidget* parent);
  // `canContinue`: rows can be clicked.
  void show(const QRect& anchor, const TokenTrace& token, const Tokenizer& tokenizer, bool canContinue);
  // For tests and for reading aloud: "·sea 38.1 %", one a row.
  QStringList rows() const;
  QRect rowRect(int row) const; // in the popover's coordinates

Q_SIGNALS:
  void chosen(int32_t id);

protected:
  void leaveEvent(QEvent*) override;

private:
  TokenLadder* ladder;
};

// 38.1 %, 0.04 %, < 0.01 %
QString shareWords(double share);

} // namespace attune
