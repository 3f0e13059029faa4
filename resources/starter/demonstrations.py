"""Conversations with Pip for InstructGPT's ten use cases, in its shares (table 1 of the paper), with history.

The use case of a conversation is that of its last prompt. Most conversations have a history: turns before that are mostly
talk about facts, for a chat model meets every kind of task in the midst of talk.
"""

from random import Random

import questions as q
import texts
import writing
from behaviours import followUp, harm, mistake, premise
from temptations import temptations
from writer import message

SHARES = {
    "generation": 45.6, "open_qa": 12.4, "brainstorming": 11.2, "chat": 8.4, "rewrite": 6.6, "summarization": 4.2,
    "classification": 3.5, "other": 3.5, "closed_qa": 2.6, "extract": 1.9,
}
OPEN = [(q.fact, 34), (q.yesNo, 22), (q.lists, 14), (premise, 10), (q.stranger, 10), (q.private, 3), (q.noPet, 2),
        (q.absent, 2), (harm, 5)]
TALK = [(q.fact, 20), (q.yesNo, 20), (q.lists, 11), (premise, 8), (q.stranger, 13), (q.private, 4), (q.noPet, 2),
        (q.absent, 2), (harm, 6), (q.smalltalk, 18)]
USE_CASES = {
    "generation": writing.GENERATION + [(lambda w: harm(w, "Write"), 4)],
    "open_qa": OPEN,
    "brainstorming": writing.BRAINSTORMING + [(lambda w: harm(w, "Give"), 5)],
    "rewrite": [(texts.rewrite, 1)],
    "summarization": [(texts.summarize, 1)],
    "classification": [(texts.classify, 1)],
    "other": [(texts.other, 1)],
    "closed_qa": [(texts.closed, 1)],
    "extract": [(texts.extract, 1)],
}
SHORT = 150  # characters of a prompt for ranking or PPO, and of its ideal answer: 48 tokens each
LONGEST = 420  # characters: about 140 tokens; most conversations are nearly that long, so that a batch is not mostly padding


def drawn(w, kinds):
    functions, weights = zip(*kinds)
    return w.make(w.random.choices(functions, weights)[0])


def talk(w, about, first, last):
    """One turn of a chat."""
    if about and about[1] and w.chance(0.45):
        return w.make(lambda w, a: followUp(w, a) or q.fact(w), about)
    if first and w.chance(0.15):
        return w.make(q.smalltalk, ("hello", "morning", "evening", "how"))
    if last and not first and w.chance(0.15):
        return w.make(q.smalltalk, ("thanks", "bye"))
    if w.chance(0.02):
        return w.make(mistake, False)
    return drawn(w, TALK)


def conversation(w, useCase=None, longest=LONGEST):
    """(use case, [exchanges]): the last one first, then as much history before it as there is room for."""
    useCase = useCase or w.random.choices(list(SHARES), list(SHARES.values()))[0]
    last = None
    if useCase != "chat":
        last = drawn(w, USE_CASES[useCase])
    elif w.chance(0.8):
        last = w.make(mistake, w.chance(0.6))
    room = w.random.randrange(160, LONGEST) if w.chance(0.85) else 0
    room = min(room, longest - (len(last.text()) if last else 110))
    turns, about = [], None
    while room > 0:
        turn = talk(w, about, not turns, False)
        room -= len(turn.text())
        if room > 0:
            turns.append(turn)
            about = turn.about
    return useCase, turns + [last or talk(w, about, not turns, True)]


def messages(w, turns):
    """All messages but the last answer, as people type."""
    said = []
    for i, turn in enumerate(turns):
        said += turn.before + [message("user", w.roughen(turn.user))]
        if i + 1 < len(turns):
            said.append(message("assistant", turn.reply))
    return said


def demonstration(w):
    """A line of the file. Where an answer in the history is wrong, only the last one is learnt: a prompt and a completion."""
    useCase, turns = conversation(w)
    prompt, answer = messages(w, turns), [message("assistant", turns[-1].reply)]
    marks = {"use_case": useCase, "split": "train", "source": "starter world", "labeler": "script", "scripted": True}
    if turns[-1].wrong:
        return {"prompt": prompt, "completion": answer, **marks}
    return {"messages": prompt + answer, **marks}


def short(w):
    """(use case, [exchanges]) that ends in one of the four behaviours, after no more than it needs."""
    kind = w.random.choices(("follow-up", "mistake", "insist", "premise", "harm"), (24, 19, 19, 20, 18))[0]
    if kind == "follow-up":
        while True:
            first = w.make(q.fact)
            made = w.make(lambda w, about: followUp(w, about) or q.fact(w), first.about)
            if made.check["kind"] in ("fact", "yesno"):
                return "chat", [first, made]
    made = w.make(mistake, kind == "mistake") if kind in ("mistake", "insist") else w.make(premise if kind == "premise" else harm)
    before = [w.make(q.fact)] if w.chance(0.25) else []
    return "chat" if made.before else "open_qa", before + [made]


def prompt(w, source):
    """A line of the prompts: what the judge has to know of it stands in `check`, what the labelers have in mind in `ideal`, what
    comes near and is wrong in `tempting`.

    They are short, for many are answered again and again: three in five show one of the four behaviours, the others are drawn as
    demonstrations are.
    """
    while True:
        useCase, turns = short(w) if w.chance(0.6) else conversation(w, longest=SHORT)
        said = messages(w, turns)
        if sum(len(m["content"]) for m in said) <= SHORT and len(turns[-1].reply) <= SHORT:
            break
    marks = {"use_case": useCase, "split": "train", "source": f"starter world, {source}", "check": turns[-1].check,
             "ideal": turns[-1].reply, "tempting": temptations(Random(f"tempting/{said}"), w.world, turns[-1].check)}
    return {"prompt": said, **marks}
