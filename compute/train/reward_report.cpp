#include "train/reward_report.h"

#include "train/labeler_agreement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace attune {
namespace {

constexpr size_t mostWorst = 20;

struct Pair {
  size_t ranking = 0, better = 0, worse = 0;
  double difference = 0; // of the scores; above 0: right
  double right = 0;      // 1, 0, or ½
};

double rightness(double difference) { return difference > 0 ? 1 : difference < 0 ? 0 : 0.5; }

std::vector<Pair> pairsOf(const std::vector<EncodedRanking>& rankings, const std::vector<std::vector<float>>& scores) {
  std::vector<Pair> pairs;
  for (size_t r = 0; r < rankings.size(); ++r) {
    const std::vector<int>& ranks = rankings[r].ranks;
    for (size_t i = 0; i < ranks.size(); ++i)
      for (size_t j = 0; j < ranks.size(); ++j) {
        if (ranks[i] >= ranks[j]) continue;
        const double difference = double(scores[r][i]) - scores[r][j];
        pairs.push_back({r, i, j, difference, rightness(difference)});
      }
  }
  return pairs;
}

Json json(const ShareInterval& share) { return {{"value", share.value}, {"low", share.low}, {"high", share.high}}; }

// `rights`: of each pair. Pairs of one ranking hang together.
Json accuracy(const std::vector<Pair>& pairs, const std::vector<double>& rights) {
  std::map<size_t, ClusterSum> clusters;
  for (size_t i = 0; i < pairs.size(); ++i) {
    ClusterSum& sum = clusters[pairs[i].ranking];
    sum.right += rights[i];
    sum.count += 1;
  }
  std::vector<ClusterSum> sums;
  for (const auto& [ranking, sum] : clusters) sums.push_back(sum);
  return json(clusteredShare(sums));
}

Json accuracy(const std::vector<Pair>& pairs) {
  std::vector<double> rights;
  for (const Pair& pair : pairs) rights.push_back(pair.right);
  return accuracy(pairs, rights);
}

// A row for each value that `name` gives to a ranking, those with the most pairs first; without a value, none.
template <class Name>
Json table(const char* key, const std::vector<Pair>& pairs, const std::vector<EncodedRanking>& rankings, Name name) {
  std::map<std::string, std::vector<Pair>> groups;
  for (const Pair& pair : pairs)
    if (const std::string value = name(rankings[pair.ranking].text); !value.empty()) groups[value].push_back(pair);
  std::vector<Json> rows;
  for (const auto& [value, some] : groups) {
    std::set<size_t> different;
    for (const Pair& pair : some) different.insert(pair.ranking);
    rows.push_back(
        {{key, value}, {"rankings", different.size()}, {"pairs", some.size()}, {"accuracy", accuracy(some)}});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a["pairs"] > b["pairs"]; });
  return rows;
}

Json cellJson(const AgreementCell& cell) {
  Json made{{"pairs", cell.pairs}};
  if (!cell.first.empty()) made["labelers"] = Json::array({cell.first, cell.second});
  const Json share = json(cell.share);
  for (const auto& [key, value] : share.items()) made[key] = cell.pairs ? value : Json();
  return made;
}

// What all rankings tell of those who made them.
Json agreementJson(const std::vector<EncodedRanking>& heldOut, const std::vector<EncodedRanking>& training) {
  std::vector<const RankingExample*> all;
  std::set<std::string> scripted;
  for (const auto* side : {&heldOut, &training})
    for (const EncodedRanking& ranking : *side) {
      all.push_back(&ranking.text);
      if (ranking.text.scripted) scripted.insert(ranking.text.labeler);
    }
  const Agreement found = labelerAgreement(all);
  Json cells = Json::array();
  for (const AgreementCell& cell : found.cells) cells.push_back(cellJson(cell));
  scripted.erase("");
  return {{"labelers", found.labelers},
          {"scripted", scripted},
          {"cells", cells},
          {"between", cellJson(found.between)},
          {"within", cellJson(found.within)}};
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = double(x.size());
  double mx = 0, my = 0, xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

Json calibration(const std::vector<Pair>& pairs) {
  constexpr int bins = 5;
  double confidence[bins] = {}, right[bins] = {};
  int count[bins] = {};
  for (const Pair& pair : pairs) {
    const double sure = 1 / (1 + std::exp(-std::abs(pair.difference)));
    const int bin = std::min(bins - 1, int((sure - 0.5) * 2 * bins));
    confidence[bin] += sure;
    right[bin] += pair.right;
    ++count[bin];
  }
  Json all = Json::array();
  for (int bin = 0; bin < bins; ++bin) {
    Json one{{"from", 0.5 + 0.5 * bin / bins}, {"to", 0.5 + 0.5 * (bin + 1) / bins}, {"pairs", count[bin]}};
    one["confidence"] = count[bin] ? Json(confidence[bin] / count[bin]) : Json();
    one["accuracy"] = count[bin] ? Json(right[bin] / count[bin]) : Json();
    all.push_back(std::move(one));
  }
  return all;
}

Json byMargin(std::vector<Pair> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return std::abs(a.difference) < std::abs(b.difference); });
  Json all = Json::array();
  for (size_t quarter = 0; quarter < 4; ++quarter) {
    const size_t begin = pairs.size() * quarter / 4, end = pairs.size() * (quarter + 1) / 4;
    if (begin == end) continue;
    all.push_back({{"from", std::abs(pairs[begin].difference)},
                   {"to", std::abs(pairs[end - 1].difference)},
                   {"pairs", end - begin},
                   {"accuracy", accuracy({pairs.begin() + long(begin), pairs.begin() + long(end)})}});
  }
  return all;
}

Json duplicates(const std::vector<EncodedRanking>& heldOut, const std::vector<EncodedRanking>& training) {
  std::set<std::string> prompts, answers;
  for (const EncodedRanking& ranking : training) {
    prompts.insert(jsonLine(toJson(ranking.text.prompt)));
    answers.insert(ranking.text.completions.begin(), ranking.text.completions.end());
  }
  int samePrompts = 0, sameAnswers = 0;
  for (const EncodedRanking& ranking : heldOut) {
    samePrompts += prompts.contains(jsonLine(toJson(ranking.text.prompt)));
    for (const std::string& answer : ranking.text.completions) sameAnswers += answers.contains(answer);
  }
  return {{"prompts", samePrompts}, {"answers", sameAnswers}};
}

Json worst(std::vector<Pair> pairs, const std::vector<EncodedRanking>& rankings,
           const std::vector<std::vector<float>>& scores) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.difference < b.difference; });
  Json all = Json::array();
  for (const Pair& pair : pairs) {
    if (all.size() == mostWorst || pair.difference >= 0) break;
    const RankingExample& text = rankings[pair.ranking].text;
    all.push_back({{"prompt", toJson(text.prompt)},
                   {"use_case", text.useCase},
                   {"labeler", text.labeler},
                   {"scripted", text.scripted},
                   {"completions", text.completions},
                   {"ranks", text.ranks},
                   {"better", text.completions[pair.better]},
                   {"worse", text.completions[pair.worse]},
                   {"score_better", scores[pair.ranking][pair.better]},
                   {"score_worse", scores[pair.ranking][pair.worse]}});
  }
  return all;
}

// What the numbers cannot tell, in sentences.
Json notes(const Json& report) {
  Json all = Json::array();
  const auto say = [&](const std::string& words) { all.push_back(words); };
  const auto count = [](const Json& number) { return std::to_string(number.get<int>()); };
  const size_t labelers = report["agreement"]["labelers"].size();
  if (labelers == 0)
    say("The data name no labelers, so there is neither their agreement to compare with nor a held-out labeler.");
  else if (labelers == 1)
    say("All rankings are by one labeler, " + report["agreement"]["labelers"][0].get<std::string>() +
        ": the model learns one person's taste, and how far others share it is not known.");
  else if (report["agreement"]["between"]["pairs"] == 0)
    say("No two labelers ranked the same answers, so how far they agree is not known; let two rank some of the same "
        "prompts.");
  if (labelers > 1 && report["held_out_labelers"]["pairs"] == 0)
    say("No labeler was held out (--held-out-labelers), so whether the model pleases those who did not teach it is "
        "not known.");
  if (!report["agreement"]["scripted"].empty())
    say("Scripted labelers (rules, no persons) made some of these rankings.");
  if (report["duplicates"]["prompts"] > 0)
    say(count(report["duplicates"]["prompts"]) +
        " held-out rankings have a prompt that training has too: their share of the accuracy may be too high.");
  if (report["pairs"] < 100) say("Only " + count(report["pairs"]) + " held-out pairs: the intervals are wide.");
  if (report["by_use_case"].empty()) say("The data name no use cases.");
  const double longer = report["longer_wins"]["value"], correlation = report["length_correlation"];
  if (std::abs(correlation) > 0.5)
    say(std::string("Scores follow the length of the answers closely (correlation ") +
        (correlation > 0 ? "above 0.5" : "below -0.5") + "); in the labels the longer one wins " +
        std::to_string(int(std::lround(100 * longer))) + " % of the time.");
  return all;
}

} // namespace

Json rewardReport(const std::vector<EncodedRanking>& heldOut, const std::vector<std::vector<float>>& scores,
                  const std::vector<EncodedRanking>& training) {
  std::set<std::string> taught;
  for (const EncodedRanking& ranking : training) taught.insert(ranking.text.labeler);
  std::vector<Pair> pairs, strangers;
  for (const Pair& pair : pairsOf(heldOut, scores)) {
    const std::string& labeler = heldOut[pair.ranking].text.labeler;
    (labeler.empty() || taught.contains(labeler) ? pairs : strangers).push_back(pair);
  }
  const bool onlyStrangers = pairs.empty();
  if (onlyStrangers) pairs = strangers;
  std::vector<double> longer, shorter;
  std::set<size_t> rankings;
  for (const Pair& pair : pairs) {
    const auto& answers = heldOut[pair.ranking].text.completions;
    longer.push_back(rightness(double(answers[pair.better].size()) - double(answers[pair.worse].size())));
    shorter.push_back(1 - longer.back());
    rankings.insert(pair.ranking);
  }
  std::vector<double> allScores, lengths;
  for (size_t r = 0; r < heldOut.size(); ++r)
    for (size_t i = 0; i < scores[r].size(); ++i) {
      allScores.push_back(scores[r][i]);
      lengths.push_back(double(heldOut[r].text.completions[i].size()));
    }
  std::vector<Pair> every = pairs;
  if (!onlyStrangers) every.insert(every.end(), strangers.begin(), strangers.end());
  Json report{{"rankings", rankings.size()},
              {"pairs", pairs.size()},
              {"accuracy", accuracy(pairs)},
              {"longer_wins", accuracy(pairs, longer)},
              {"shorter_wins", accuracy(pairs, shorter)},
              {"length_correlation", correlation(allScores, lengths)},
              {"calibration", calibration(pairs)},
              {"by_margin", byMargin(pairs)},
              {"by_use_case", table("use_case", pairs, heldOut, [](const RankingExample& r) { return r.useCase; })},
              {"by_labeler", table("labeler", every, heldOut, [](const RankingExample& r) { return r.labeler; })},
              {"agreement", agreementJson(heldOut, training)},
              {"duplicates", duplicates(heldOut, training)},
              {"worst", worst(every, heldOut, scores)}};
  for (Json& row : report["by_labeler"]) row["taught"] = taught.contains(row["labeler"].get<std::string>());
  report["held_out_labelers"] =
      strangers.empty() ? Json{{"value", Json()}, {"low", Json()}, {"high", Json()}} : accuracy(strangers);
  report["held_out_labelers"]["pairs"] = strangers.size();
  const auto value = [&](const char* name) { return report[name]["value"].get<double>(); };
  const double own = value("accuracy"), rule = std::max(value("longer_wins"), value("shorter_wins"));
  const bool sure = report["accuracy"]["low"].get<double>() > rule;
  report["better_than_length"] = own > rule;
  report["verdict"] = own <= rule ? "a failure: the length of the answers alone tells as much or more"
                      : sure      ? "better than the length of the answers"
                                  : "better than the length of the answers, but its interval holds that too; more "
                                    "held-out pairs would tell";
  report["notes"] = notes(report);
  return report;
}

} // namespace attune
