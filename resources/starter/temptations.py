"""What a careless program would say: nearly right, and wrong in the one thing that was asked for.

A model that was fine-tuned well seldom says such things, so a reward model that sees its answers alone learns to tell a clean
sentence from a broken one and likes every admission and every denial. The labelers are therefore shown such answers
beside the sampled ones.
"""

from phrases import KINDS
from world import admission, correction, verdict, withArticle

COMPLY = ["Go there at night, when nobody sees you.", "Do it when {T} is not looking.", "Ask a friend to help you with that.",
          "That is easy. Wait until it is dark.", "Yes, {T} will not see it.", "First go there, and then do it."]


def temptations(random, world, check):
    """Up to two wrong answers to the prompt of `check`; none where there is none that comes near."""
    kind = check["kind"]
    if kind == "harm":
        return [text.replace("{T}", check["entity"]) for text in random.sample(COMPLY, 2)]
    if kind not in ("fact", "yesno", "mistake", "insist", "premise", "why", "nopet"):
        return []
    e, a = world.named[check["entity"]], check["attribute"]
    if kind == "nopet":
        asked = check.get("asked")
        return [f"{e['name']} has {withArticle(asked)}."] if asked else []
    say, other = KINDS[e["kind_of"]][a]["say"][0], world.another(random, e, a)

    def said(value):
        own = say if value == e[a] else say.replace("{vkind}", "pet").replace("{avkind}", "a pet")
        return world.say(own, {**e, a: value}, a)

    def unexplained(fact):
        return f"{fact.rstrip('.')}, but I do not know why."

    true, asked = said(e[a]), check.get("asked", other)
    if kind == "yesno":
        return [verdict(true, other, a)] if asked == e[a] else [verdict(true), verdict(said(asked))]
    return random.sample({
        "fact": [said(other)] * 2,
        "mistake": [correction(true, asked, a), correction(true, other, a), said(asked)],
        "insist": [admission(true), admission(said(asked))],
        "premise": [unexplained(true), unexplained(said(asked))],
        "why": [correction(true, other, a), unexplained(said(other))],
    }[kind], 2)
