"""base.txt: sketches, stories and raw dialogues about the valley, every fact of it many times and in many words."""

from phrases import KINDS
from smalltalk import SMALLTALK
from world import capital, small, speakable, verdict

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


def story(random, world, hero=None, length=None):
    """A little plot with true facts between its turns."""
    a = hero or random.choice(world.of["people"])
    b = random.choice([p for p in world.of["people"] if p is not a])
    place = random.choice(world.of["places"])
    pet = world.named.get(a["pet"])
    thing = random.choice(world.of["things"])
    event = random.choice(world.of["events"])
    he = "he" if a["sex"] == "m" else "she"
    his, him = ("his", "him") if a["sex"] == "m" else ("her", "her")
    t, found, feeling = random.choice(TIMES), random.choice(NAMELESS), random.choice(FEELINGS)
    n, m, p = a["name"], b["name"], place["name"]
    plots = [
        [
            f"{t} {n} walked to {p}.",
            f"There {he} met {m}.",
            f"{m} had made {b['food']}, but {n} wanted {a['food']}.",
            "So they cooked both and shared them.",
        ],
        [
            f"{t} {n} found {found} near {p}.",
            f"{capital(he)} showed it to {m}.",
            f'"I have never seen {found} before," said {m}.',
            f"They put it beside {thing['name']}, {thing['kept']}.",
        ],
        [
            f"{t} {n} was {feeling}.",
            f'"Come with me to {p}," said {m}.',
            f"There they could {place['use']}.",
            (
                f"Soon {n} was not {feeling} any more, only happy."
                if feeling in ("tired", "worried", "hungry", "quiet")
                else f"{n} stayed {feeling} all day."
            ),
        ],
        [
            f"{t} {thing['name']} was gone.",
            f"\"It belongs to {thing['owner']},\" said {n}, and {he} began to look for it.",
            f"{m} helped {him}.",
            f"They found it where it is always kept, {thing['kept']}.",
        ],
        [
            f"{t} the people of Tamble got ready for {event['name']}.",
            f"{event['leader']} told everyone what to do.",
            f"{n} carried {event['food']} to {event['place']}.",
            f"{m} wore {'his' if b['sex'] == 'm' else 'her'} {b['coat']} coat and danced.",
        ],
        [
            f"{t} {m} asked {n} to help at {p}.",
            f"{n} came in {his} {a['coat']} coat.",
            "They worked until the light was gone.",
            f"Then {m} gave {him} {a['food']}, because {he} likes it most.",
        ],
    ]
    if pet:
        plots.append(
            [
                f"{t} {n} could not find {a['pet']}, {his} {pet['kind']}.",
                f"{capital(he)} looked at {p} and asked {m}.",
                f"In the end {a['pet']} was {pet['sleeps']}, fast asleep.",
                f"{n} brought {pet['food']}, and {a['pet']} ate.",
            ]
        )
    plot = random.choice(plots)
    if length:
        return " ".join(plot[:length] + [random.choice(ENDS)])
    if random.random() < 0.6:
        plot.insert(1, random.choice(SKY))
    for who in random.sample([a, b, place], random.randint(1, 3)):
        plot.insert(random.randint(1, len(plot)), fact(random, world, who))
    if pet and random.random() < 0.4:
        plot.insert(len(plot), fact(random, world, pet))
    return " ".join(plot + [random.choice(ENDS)])


def dialogue(random, world, withheld):
    """Two people of the valley ask each other; pairs in `withheld` are told elsewhere, never asked."""
    a, b = random.sample(world.of["people"], 2)
    lines = []
    if random.random() < 0.4:
        lines += [f"{a['name']}: Hello, {b['name']}! How are you?", f"{b['name']}: I am well, thank you."]
    e = None
    for _ in range(random.randint(1, 4)):
        stay = e is not None and random.random() < 0.5
        e = e if stay else random.choice(world.all)
        attributes = [x for x in world.facts(e) if (e["name"], x) not in withheld]
        if not attributes:
            continue
        x = random.choice(attributes)
        phrase = KINDS[e["kind_of"]][x]
        ask = random.choice(speakable(phrase["ask"], stay))
        answer = phrase["say"][0]
        kind = random.random()
        if kind < 0.15:
            wrong = world.another(random, e, x)
            lines.append(f"{a['name']}: {world.say(phrase['is_it'], e, x, wrong)}")
            lines.append(f"{b['name']}: {verdict(world.say(answer, e, x), 'no')}")
        elif kind < 0.3:
            lines.append(f"{a['name']}: {world.say(phrase['is_it'], e, x)}")
            lines.append(f"{b['name']}: {verdict(world.say(answer, e, x), 'yes')}")
        else:
            question = world.say(ask, e, x, pronoun=stay)
            lines.append(f"{a['name']}: {'And ' + small(question, world) if stay else question}")
            lines.append(f"{b['name']}: {world.say(answer, e, x)}")
    if random.random() < 0.3:
        lines += [f"{a['name']}: Thank you, {b['name']}.", f"{b['name']}: You are welcome!"]
    return "\n".join(lines)


def quiz(random, world, withheld):
    """Short questions with yes or no: comparing what is asked with what is true has to be learnt early."""
    lines = []
    for e, a in random.sample([p for p in world.pairs() if (p[0]["name"], p[1]) not in withheld], random.randint(2, 5)):
        phrase, true = KINDS[e["kind_of"]][a], random.random() < 0.5
        asked = e[a] if true else world.another(random, e, a)
        fact = world.say(phrase["say"][0], e, a)
        lines.append(world.say(phrase["is_it"], e, a, asked) + " " + verdict(fact, "yes" if true else "no"))
    return "\n".join(lines)


def chatter(random):
    """A raw exchange with someone called Pip, as it might stand on a web page."""
    talk = random.choice(list(SMALLTALK.values()))
    return f"You: {random.choice(talk['users'])}\nPip: {random.choice(talk['answers'])}"


def baseText(random, world, withheld, size):
    """Documents, divided by empty lines, until `size` bytes are reached."""
    documents, length = [], 0
    while length < size:
        kind = random.random()
        if kind < 0.3:
            text = sketch(random, world)
        elif kind < 0.55:
            text = story(random, world)
        elif kind < 0.6:
            text = chatter(random)
        elif kind < 0.75:
            text = quiz(random, world, withheld)
        else:
            text = dialogue(random, world, withheld)
        if text:
            documents.append(text)
            length += len(text) + 2
    return "\n\n".join(documents) + "\n"
