"""How each attribute of the world is said, asked, asserted and denied.

One entry an attribute. `say` are statements (the first is also the answer), `ask` are questions that the training files
hold, `held` are questions that only the held-out file holds, `is_it` asks whether the value is {w}, `why` takes {w} for
granted, `deny` corrects it. {N} is the one spoken of as subject, {Ns} the possessive, {No} the object; each is the name
or, in a follow-up, the pronoun. {v} is the true value, {w} another one, {av} and {aw} the same with "a" or "an".
{T} is the name even where the others are pronouns.
"""

PERSON = {
    "job": dict(
        say=["{N} is the {v} of Tamble.", "{N} works as the {v}.", "The {v} of Tamble is {T}.",
             "{Ns} job is to be the {v}."],
        ask=["What is {Ns} job?", "Tell me what {N} does.", "How does {N} earn money?",
             "What does {N} do for a living?", "What work does {N} do?", "What is the job of {T}?",
             "What does {N} do all day?", "Which job does {N} have?", "What is {Ns} work?", "Who is {T}?"],
        held=["How does {N} earn a living?", "What kind of job does {N} do?"],
        is_it="Is {N} the {w}?", why="Why is {N} the {w}?", deny="{N} is not the {w}."),
    "age": dict(
        say=["{N} is {v} years old.", "{N} has lived for {v} years.", "{Ns} age is {v}."],
        ask=["How old is {N}?", "What is {Ns} age?", "Tell me {Ns} age.", "What age does {N} have?",
             "Do you know how old {N} is?", "How many years old is {N}?", "What age is {N}?",
             "How old is {N} now?", "How many years has {N} lived?"],
        held=["Tell me how old {N} is.", "Which age does {N} have?"],
        is_it="Is {N} {w} years old?", why="Why is {N} {w} years old?", deny="{N} is not {w} years old."),
    "work": dict(
        say=["{N} {works} {v}.", "{N} spends the day {v}.", "You find {No} {v} in the morning.", "{Ns} days pass {v}."],
        ask=["Where does {N} {work}?", "Where can I find {No} during the day?", "Where does {N} spend the day?",
             "At which place does {N} {work}?", "Where is {Ns} place of work?", "Where is {N} in the morning?"],
        held=["In which place does {N} {work}?", "Where would I find {No} in the day?"],
        is_it="Does {N} {work} {w}?", why="Why does {N} {work} {w}?", deny="{N} does not {work} {w}."),
    "home": dict(
        say=["{N} lives in {v}.", "{Ns} house is in {v}.", "{N} has a house in {v}.", "The home of {T} is in {v}."],
        ask=["Where does {N} live?", "Tell me where {N} lives.", "Do you know where {N} lives?",
             "Where is {Ns} house?", "Where is {Ns} home?", "In which street does {N} live?",
             "Which street does {N} live in?", "Where can I find {Ns} house?", "What is the street where {N} lives?"],
        held=["In what street is {Ns} house?", "Where does {N} have a home?"],
        is_it="Does {N} live in {w}?", why="Why does {N} live in {w}?", deny="{N} does not live in {w}."),
    "food": dict(
        say=["{N} likes to eat {v}.", "{Ns} favourite food is {v}.", "{N} loves {v}.", "{N} eats {v} on Sundays."],
        ask=["What does {N} eat?", "Tell me what {N} likes to eat.", "What does {N} eat with joy?",
             "What does {N} like to eat?", "What is {Ns} favourite food?", "Which food does {N} like?",
             "What food does {N} love?", "What is the favourite food of {T}?", "What should I cook for {No}?"],
        held=["Which food does {N} love to eat?", "What does {N} like to eat best?"],
        is_it="Does {N} like to eat {w}?", why="Why does {N} like to eat {w}?", deny="{N} does not like to eat {w}."),
    "hobby": dict(
        say=["{N} likes {v}.", "{Ns} hobby is {v}.", "In the evening {N} enjoys {v}.",
             "{N} spends free hours with {v}."],
        ask=["What is {Ns} hobby?", "Tell me {Ns} hobby.", "What does {N} love to do?", "What does {N} like to do?",
             "What does {N} do in the evening?",
             "What does {N} do for fun?", "What does {N} enjoy?", "What does {N} do when work is done?",
             "Which hobby does {N} have?"],
        held=["What does {N} enjoy in the evening?", "What does {N} like to do for fun?"],
        is_it="Does {N} like {w}?", why="Why does {N} like {w}?", deny="{N} does not like {w}."),
    "coat": dict(
        say=["{N} wears a {v} coat.", "{Ns} coat is {v}.", "{N} has a {v} coat.", "Everyone knows {Ns} {v} coat."],
        ask=["What colour is {Ns} coat?", "Which coat does {N} wear?", "What colour of coat does {N} wear?",
             "What does {N} wear?", "What is the colour of {Ns} coat?", "Which colour is {Ns} coat?",
             "What coat does {N} have?"],
        held=["What colour does {Ns} coat have?", "Which colour of coat does {N} have?"],
        is_it="Is {Ns} coat {w}?", why="Why does {N} wear a {w} coat?", deny="{N} does not wear a {w} coat."),
    "friend": dict(
        say=["{Ns} best friend is {v}.", "{N} is best friends with {v}.",
             "{N} tells {v} everything, for they are best friends."],
        ask=["Who is {Ns} best friend?", "Who is {Ns} friend?", "Who is the best friend of {T}?",
             "Does {N} have a friend?",
             "Who is {N} best friends with?", "Which friend does {N} have?", "Who does {N} tell everything?"],
        held=["What is the name of {Ns} best friend?", "Who is the friend of {T}?"],
        is_it="Is {w} {Ns} best friend?", why="Why is {w} {Ns} best friend?", deny="{w} is not {Ns} best friend."),
    "parent": dict(
        say=["{N} is the child of {v}.", "{Ns} parent is {v}.", "{v} brings up {No}."],
        ask=["Who is {Ns} parent?", "Whose child is {N}?", "Who brings up {No}?", "Who is the parent of {T}?"],
        held=["What is the name of {Ns} parent?"],
        is_it="Is {w} {Ns} parent?", why="Why is {N} the child of {w}?", deny="{N} is not the child of {w}."),
    "pet": dict(
        say=["{N} has {avkind} called {v}.", "{Ns} {vkind} is called {v}.", "{v} is the {vkind} of {T}."],
        ask=["Does {N} have a pet?", "What is {Ns} pet?", "Which animal does {N} have?",
             "What is the name of {Ns} pet?",
             "Which pet does {N} have?", "Does {N} have an animal?", "What is {Ns} animal called?",
             "What is the name of {Ns} {vkind}?"],
        held=["Which pet belongs to {No}?", "What is {Ns} pet called?"],
        is_it="Does {w} belong to {No}?", why="Why does {w} belong to {No}?", deny="{w} does not belong to {No}."),
}

ANIMAL = {
    "kind": dict(
        say=["{N} is {av}.", "{N} is {av} that belongs to {owner}.", "In Tamble lives {av} called {T}."],
        ask=["What kind of animal is {N}?", "Do you know what kind of animal {N} is?", "What is {N}?", "Who is {T}?",
             "Which animal is {N}?", "What sort of animal is {N}?"],
        held=["Tell me what kind of animal {N} is.", "What animal is {N}?"],
        is_it="Is {N} {aw}?", why="Why is {N} {aw}?", deny="{N} is not {aw}."),
    "colour": dict(
        say=["{N} is {v}.", "{N} is a {v} {kind}.", "{Ns} colour is {v}."],
        ask=["What colour is {N}?", "What is {Ns} colour?", "Which colour is {N}?", "What colour does {N} have?",
             "What does {N} look like?"],
        held=["What is the colour of {T}?", "Which colour does {N} have?"],
        is_it="Is {N} {w}?", why="Why is {N} {w}?", deny="{N} is not {w}."),
    "food": dict(
        say=["{N} eats {v}.", "{N} likes to eat {v}.", "{Ns} food is {v}."],
        ask=["What does {N} eat?", "What does {N} like to eat?", "What is {Ns} food?", "What should I feed {No}?",
             "What is {Ns} favourite food?", "Which food does {N} like?"],
        held=["What food does {N} eat?", "What does {N} like to eat best?"],
        is_it="Does {N} eat {w}?", why="Why does {N} eat {w}?", deny="{N} does not eat {w}."),
    "sleeps": dict(
        say=["{N} sleeps {v}.", "At night {N} sleeps {v}.", "{Ns} bed is {v}."],
        ask=["Where does {N} sleep?", "Tell me where {N} sleeps.", "Where is {Ns} bed?",
             "Where does {N} sleep at night?", "Where is {N} at night?", "Where does {N} rest?"],
        held=["At night, where is {Ns} bed?", "Where does {N} like to sleep?"],
        is_it="Does {N} sleep {w}?", why="Why does {N} sleep {w}?", deny="{N} does not sleep {w}."),
    "likes": dict(
        say=["{N} likes {v}.", "{N} loves {v}.", "Every day {N} enjoys {v}."],
        ask=["What does {N} like?", "What does {N} do every day?", "What does {N} do with joy?",
             "Tell me what {N} likes.", "What does {N} like to do?", "What does {N} love?", "What does {N} enjoy?",
             "What does {N} do for fun?"],
        held=["What does {N} enjoy every day?", "What does {N} love to do?"],
        is_it="Does {N} like {w}?", why="Why does {N} like {w}?", deny="{N} does not like {w}."),
    "owner": dict(
        say=["{N} belongs to {v}.", "{N} lives with {v}.", "{v} takes care of {No}.", "{v} is {Ns} owner."],
        ask=["Who owns {No}?", "Who does {N} belong to?", "Who is {Ns} owner?", "Whose {kind} is {N}?",
             "Who takes care of {No}?",
             "Who does {N} live with?", "Whose animal is {N}?"],
        held=["Whose pet is {N}?", "Who is the owner of {T}?"],
        is_it="Does {N} belong to {w}?", why="Why does {N} belong to {w}?", deny="{N} does not belong to {w}."),
}

PLACE = {
    "near": dict(
        say=["{N} is near {v}.", "{N} stands near {v}.", "You find {No} near {v}."],
        ask=["Where is {N}?", "What is near {No}?", "Near which place is {N}?", "Do you know where {N} is?",
             "Where can I find {No}?", "What is {N} near?", "How do I find {No}?", "Where is {N} in Tamble?"],
        held=["Tell me where {N} is.", "Near what is {N}?"],
        is_it="Is {N} near {w}?", why="Why is {N} near {w}?", deny="{N} is not near {w}."),
    "colour": dict(
        say=["{N} is painted {v}.", "{Ns} colour is {v}.", "The people painted {No} {v}."],
        ask=["What colour is {N}?", "What is {Ns} colour?", "Which colour is {N}?", "What colour is {N} painted?"],
        held=["What is the colour of {T}?", "In which colour is {N} painted?"],
        is_it="Is {N} {w}?", why="Why is {N} {w}?", deny="{N} is not {w}."),
    "feature": dict(
        say=["{N} has {v}.", "At {T} there is a sight to see: {v}.", "People come to {T} to see {v}."],
        ask=["What is there at {T}?", "What does {N} have?", "What can I see at {T}?", "What is special about {No}?",
             "What is at {T}?"],
        held=["What sight is there at {T}?", "What is there to see at {T}?"],
        is_it="Does {N} have {w}?", why="Why does {N} have {w}?", deny="{N} does not have {w}."),
    "use": dict(
        say=["At {T} you can {v}.", "People go to {T} to {v}.", "If you want to {v}, go to {T}."],
        ask=["What can I do at {T}?", "What do people do at {T}?", "Why do people go to {T}?", "What is {N} for?",
             "What can people do at {T}?"],
        held=["What can you do at {T}?", "For what do people go to {T}?"],
        is_it="Can I {w} at {T}?", why="Why do people {w} at {T}?", deny="You cannot {w} at {T}."),
}

THING = {
    "owner": dict(
        say=["{N} belongs to {v}.", "{v} owns {No}.", "{N} is a treasure of {v}."],
        ask=["Who owns {No}?", "Who is {Ns} keeper?", "Who does {N} belong to?", "Whose is {N}?", "Who has {T}?",
             "Who is the owner of {T}?"],
        held=["To whom does {N} belong?", "Who is {Ns} owner?"],
        is_it="Does {N} belong to {w}?", why="Why does {N} belong to {w}?", deny="{N} does not belong to {w}."),
    "colour": dict(
        say=["{N} is {v}.", "{Ns} colour is {v}.", "The colour of {T} is {v}."],
        ask=["What colour is {N}?", "What is {Ns} colour?", "Which colour is {N}?", "What colour does {N} have?"],
        held=["What is the colour of {T}?", "Which colour does {N} have?"],
        is_it="Is {N} {w}?", why="Why is {N} {w}?", deny="{N} is not {w}."),
    "material": dict(
        say=["{N} is made of {v}.", "Someone made {No} of {v}.", "{v} is what {N} is made of."],
        ask=["What is {N} made of?", "What is the material of {T}?", "Of what is {N} made?"],
        held=["From what is {N} made?", "What material is {N} made of?"],
        is_it="Is {N} made of {w}?", why="Why is {N} made of {w}?", deny="{N} is not made of {w}."),
    "kept": dict(
        say=["{N} is kept {v}.", "You find {No} {v}.", "{N} has its place {v}."],
        ask=["Where is {N}?", "Do you know where {N} is?", "In what place is {N}?", "Where is {N} kept?",
             "Where can I find {No}?", "Where does {owner} keep {No}?"],
        held=["Tell me where {N} is.", "In which place is {N} kept?"],
        is_it="Is {N} kept {w}?", why="Why is {N} kept {w}?", deny="{N} is not kept {w}."),
}

EVENT = {
    "season": dict(
        say=["{N} is in {v}.", "{N} comes every {v}.", "In {v} the people of Tamble hold {No}."],
        ask=["When is {N}?", "Do you know when {N} is?", "In which season is {N}?", "When does {N} take place?",
             "When do people hold {No}?", "What season is {N} in?"],
        held=["Tell me when {N} is.", "When does {N} come?"],
        is_it="Is {N} in {w}?", why="Why is {N} in {w}?", deny="{N} is not in {w}."),
    "place": dict(
        say=["{N} takes place at {v}.", "{N} is held at {v}.", "For {T} everyone meets at {v}."],
        ask=["Where is {N}?", "Do you know where {N} is?", "In which place is {N} held?",
             "Where does {N} take place?", "Where is {N} held?", "Where do people meet for {T}?"],
        held=["Tell me where {N} is.", "At which place is {N} held?"],
        is_it="Is {N} at {w}?", why="Why is {N} held at {w}?", deny="{N} is not held at {w}."),
    "leader": dict(
        say=["{v} leads {No}.", "{N} is led by {v}.", "{v} opens {No} every year."],
        ask=["Who leads {No}?", "Who is {N} led by?", "Which person leads {No}?", "Which person is {Ns} head?",
             "Who is the leader of {T}?", "Who opens {No}?", "Who prepares {No}?"],
        held=["By whom is {N} led?", "Who is {Ns} leader?"],
        is_it="Does {w} lead {No}?", why="Why does {w} lead {No}?", deny="{w} does not lead {No}."),
    "food": dict(
        say=["People eat {v} at {T}.", "At {T} there is {v} for everyone.", "{N} smells of {v}."],
        ask=["What do people eat at {T}?", "What is there to eat at {T}?", "What food is there at {T}?",
             "What can I eat at {T}?"],
        held=["Which food do people eat at {T}?", "What do you eat at {T}?"],
        is_it="Do people eat {w} at {T}?", why="Why do people eat {w} at {T}?", deny="People do not eat {w} at {T}."),
}

KINDS = {"people": PERSON, "animals": ANIMAL, "places": PLACE, "things": THING, "events": EVENT}

# Questions for everyone who shares a value. {v} is the value; `many` and `one` answer, with {names} listed, and {N} and
# {owner} of the only one. The last of `ask` is for the held-out file alone.
LISTS = [
    dict(group="people", of="home", many="{names} live in {v}.", one="{N} lives in {v}.",
         ask=["Who lives in {v}?", "Which people live in {v}?", "Name the people of {v}.",
              "List the people who live in {v}.", "Tell me who lives in {v}.", "Whose house is in {v}?", "Who are the people of {v}?", "Who has a house in {v}?"]),
    dict(group="people", of="coat", many="{names} wear a {v} coat.", one="{N} wears a {v} coat.",
         ask=["Who wears a {v} coat?", "Who has a {v} coat?", "Whose coat is {v}?", "Which people wear a {v} coat?", "Tell me who wears a {v} coat.", "Name the people with a {v} coat.", "Which people have a {v} coat?"]),
    dict(group="people", of="hobby", many="{names} like {v}.", one="{N} likes {v}.",
         ask=["Who likes {v}?", "Who enjoys {v}?", "Whose hobby is {v}?", "Which people enjoy {v}?", "Tell me who likes {v}.", "Name the people who like {v}.", "Which person likes {v}?", "Which people like {v}?"]),
    dict(group="people", of="food", many="{names} like to eat {v}.", one="{N} likes to eat {v}.",
         ask=["Who likes to eat {v}?", "Who loves {v}?", "Whose favourite food is {v}?",
              "Which people love {v}?", "Tell me who likes to eat {v}.", "Name the people who like to eat {v}.",
              "Which person likes to eat {v}?", "Which people like to eat {v}?"]),
    dict(group="people", of="job", many="The pupils are {names}.", one="{N} is the {v} of Tamble.",
         ask=["Who is the {v}?", "Who is the {v} of Tamble?", "What is the name of the {v}?",
              "Is there a {v} in Tamble?", "Who works as the {v}?", "Which person works as the {v}?", "Which one is the {v}?",
              "What is the {v} called?", "Which person is the {v}?"]),
    dict(group="people", of="work", many="{names} work {v}.", one="{N} works {v}.",
         ask=["Who works {v}?", "Who spends the day {v}?", "Whom do I find {v}?", "Who is {v}?", "Which people work {v}?", "Tell me who works {v}.",
              "Which person works {v}?"]),
    dict(group="animals", of="colour", many="{names} are {v}.", one="{N} is {v}.",
         ask=["Which animals are {v}?", "Name the {v} animals.", "Is there a {v} animal in Tamble?",
              "Which animal is {v}?", "Tell me which animals are {v}.", "List the {v} animals.", "Which of the animals are {v}?"]),
    dict(group="animals", of="kind", many="{names}", one="The {v} of Tamble is called {N}.",
         ask=["What is the {v} called?", "Is there {av} in Tamble?", "What is the name of the {v}?",
              "Which animal is {av}?", "How is the {v} called?"]),
    dict(group="animals", of="kind", many="{names}", one="{owner} has {av} called {N}.",
         ask=["Who has {av}?", "Who owns {av}?", "Whose pet is {av}?", "Who owns the {v}?", "Which person keeps {av}?", "Which person has {av}?"]),
    dict(group="events", of="season", many="{names} are in {v}.", one="{N} is in {v}.",
         ask=["What happens in {v}?", "Which festivals are in {v}?", "What do people celebrate in {v}?",
              "Which festivals can I see in {v}?", "Name the festivals of {v}.", "Tell me which festivals are in {v}.",
              "Which festivals come in {v}?"]),
    dict(group="events", of="leader", many="{v} leads {names}.", one="{v} leads {N}.",
         ask=["What does {v} lead?", "Which festival does {v} lead?", "Tell me what {v} leads.", "Of which festival is {v} the leader?", "Which festival is led by {v}?"]),
    dict(group="places", of="colour", many="{names} are {v}.", one="{N} is {v}.",
         ask=["Which places are {v}?", "Name the {v} places.", "Which houses are {v}?", "List the {v} places.",
              "Tell me which places are {v}.",
              "Which of the places are {v}?"]),
    dict(group="places", of="use", many="{names}", one="You can {v} at {N}.",
         ask=["Where can I {v}?", "Where do people {v}?", "Where should I go to {v}?",
              "I want to {v}. Where can I go?", "Tell me where I can {v}.", "In which place can I {v}?", "Where could I {v}?"]),
]
