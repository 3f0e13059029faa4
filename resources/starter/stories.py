"""Sketches and stories about the valley: true facts in many words, and little plots with a summary each."""

from phrases import KINDS
from world import capital, speakable

TIMES = [
    "One morning",
    "One evening",
    "Last summer",
    "On a cold day",
    "On a sunny day",
    "After the rain",
    "Before breakfast",
    "Late in autumn",
    "On the first day of spring",
    "One Sunday",
    "When the wind was strong",
    "On a quiet afternoon",
]
SKY = [
    "The sun was warm.",
    "Rain fell on the roofs.",
    "Fog lay over the river Lark.",
    "The wind sang in the trees.",
    "Snow lay on Hill Road.",
    "The birds were loud.",
    "The valley was still.",
    "Clouds hung over the lake.",
    "Stars stood over the valley.",
]
ENDS = [
    "Both of them laughed.",
    "They walked home together.",
    "Nobody in Tamble forgot that day.",
    "So the day ended well.",
    "Then it was time for supper.",
    "After that they were even better friends.",
    "And everyone was happy.",
    "It was a good day in the valley.",
    "The bells rang, and the day was over.",
]
NAMELESS = [
    "an old map",
    "a silver button",
    "a letter without a name",
    "a strange footprint",
    "a tiny boat",
    "a broken wheel",
    "a blue feather",
    "a round stone",
]
FEELINGS = ["glad", "tired", "proud", "curious", "worried", "hungry", "quiet", "cheerful"]


def sketch(random, world):
    """Several true sentences about one entity."""
    e = random.choice(world.all)
    attributes = world.facts(e)
    random.shuffle(attributes)
    lines = []
    for i, a in enumerate(attributes[: random.randint(2, 6)]):
        template = random.choice(KINDS[e["kind_of"]][a]["say"])
        lines.append(world.say(template, e, a, pronoun=i > 0 and "{T}" not in template and random.random() < 0.5))
    return " ".join(lines)


def fact(random, world, e, attribute=None, pronoun=False):
    a = attribute if attribute and e[attribute] != "-" else random.choice(world.facts(e))
    templates = speakable(KINDS[e["kind_of"]][a]["say"], pronoun)
    return world.say(random.choice(templates), e, a, pronoun=pronoun)


def plots(random, world, a, b):
    """Little plots around two people, each with the sentence that sums it up."""
    place = random.choice(world.of["places"])
    pet = world.named.get(a["pet"])
    thing = random.choice(world.of["things"])
    event = random.choice(world.of["events"])
    he, his, him = ("he", "his", "him") if a["sex"] == "m" else ("she", "her", "her")
    t, found, feeling = random.choice(TIMES), random.choice(NAMELESS), random.choice(FEELINGS)
    n, m, p = a["name"], b["name"], place["name"]
    all_ = [
        (
            [
                f"{t} {n} walked to {p}.",
                f"There {he} met {m}.",
                f"{m} had made {b['food']}, but {n} wanted {a['food']}.",
                "So they cooked both and shared them.",
            ],
            f"{n} and {m} cooked together.",
        ),
        (
            [
                f"{t} {n} found {found} near {p}.",
                f"{capital(he)} showed it to {m}.",
                f'"I have never seen {found} before," said {m}.',
                f"They put it beside {thing['name']}, {thing['kept']}.",
            ],
            f"{n} found {found}.",
        ),
        (
            [
                f"{t} {n} was {feeling}.",
                f'"Come with me to {p}," said {m}.',
                f"There they could {place['use']}.",
                f"Soon {n} was not {feeling} any more, only happy."
                if feeling in ("tired", "worried", "hungry", "quiet")
                else f"{n} stayed {feeling} all day.",
            ],
            f"{n} was {feeling} and went to {p} with {m}.",
        ),
        (
            [
                f"{t} {thing['name']} was gone.",
                f"\"It belongs to {thing['owner']},\" said {n}, and {he} began to look for it.",
                f"{m} helped {him}.",
                f"They found it where it is always kept, {thing['kept']}.",
            ],
            f"{n} and {m} found {thing['name']}.",
        ),
        (
            [
                f"{t} the people of Tamble got ready for {event['name']}.",
                f"{event['leader']} told everyone what to do.",
                f"{n} carried {event['food']} to {event['place']}.",
                f"{m} wore {'his' if b['sex'] == 'm' else 'her'} {b['coat']} coat and danced.",
            ],
            f"{n} and {m} got ready for {event['name']}.",
        ),
        (
            [
                f"{t} {m} asked {n} to help at {p}.",
                f"{n} came in {his} {a['coat']} coat.",
                "They worked until the light was gone.",
                f"Then {m} gave {him} {a['food']}, because {he} likes it most.",
            ],
            f"{n} helped {m} at {p}.",
        ),
    ]
    if pet:
        all_.append(
            (
                [
                    f"{t} {n} could not find {a['pet']}, {his} {pet['kind']}.",
                    f"{capital(he)} looked at {p} and asked {m}.",
                    f"In the end {a['pet']} was {pet['sleeps']}, fast asleep.",
                    f"{n} brought {pet['food']}, and {a['pet']} ate.",
                ],
                f"{n} looked for {a['pet']} and found {'him' if pet['sex'] == 'm' else 'her'}.",
            )
        )
    return all_


def plot(random, world, hero=None):
    """(sentences, summary)."""
    a = hero or random.choice(world.of["people"])
    return random.choice(plots(random, world, a, random.choice([p for p in world.of["people"] if p is not a])))


def shortStory(random, world, hero=None):
    return " ".join(plot(random, world, hero)[0] + [random.choice(ENDS)])


def story(random, world):
    """A plot with true facts between its turns."""
    a = random.choice(world.of["people"])
    b = random.choice([p for p in world.of["people"] if p is not a])
    turns = list(random.choice(plots(random, world, a, b))[0])
    if random.random() < 0.6:
        turns.insert(1, random.choice(SKY))
    for who in random.sample([a, b, random.choice(world.of["places"])], random.randint(1, 3)):
        turns.insert(random.randint(1, len(turns)), fact(random, world, who))
    pet = world.named.get(a["pet"])
    if pet and random.random() < 0.4:
        turns.append(fact(random, world, pet))
    return " ".join(turns + [random.choice(ENDS)])
