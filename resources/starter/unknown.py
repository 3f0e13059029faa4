"""Questions that the model cannot answer: the wide world, strangers, and what nobody wrote down about those it knows.

Every list has a training part and a held-out part. Made-up names come from syllables, so that the model learns to
doubt a name that it has never met and not to recognise a list.
"""

ANSWERS = ["I do not know that. I only know the valley of Tamble."]
STRANGER = ["I do not know who that is. I only know the people of Tamble."]
TASK = ["I do not know how to do that. I can only talk about Tamble."]
PRIVATE = ["I do not know that about {T}."]

WORLD = ["What is the capital of {land}?", "Where is {land}?", "How many people live in {land}?",
         "Who is the king of {land}?",
         "What language do people speak in {land}?", "How do I get to {land}?", "What do people eat in {land}?",
         "Have you been to {land}?",
         "Is {land} a nice place?", "What is the weather like in {land}?", "Who wrote {work}?",
         "What is {work} about?", "When was {work} made?",
         "Do you like {work}?", "Who painted {work}?", "What is {topic}?", "How does {topic} work?",
         "Explain {topic}.", "Tell me about {topic}.", "Who invented {topic}?",
         "What do you think about {topic}?", "Why is {topic} important?", "Can you teach me {topic}?",
         "When did {topic} begin?",
         "How do I learn {topic}?", "What is the best book about {topic}?", "How much does {goods} cost?",
         "Where can I buy {goods}?", "How do I make {goods}?",
         "What colour is {goods}?", "How old is {goods}?", "Who owns {goods}?", "What is {goods} made of?",
         "How heavy is {goods}?", "Is {goods} good for me?",
         "What does {beast} eat?", "How fast is {beast}?", "Where does {beast} live?", "How long does {beast} live?",
         "Can {beast} fly?", "How big is {beast}?",
         "What is {number} plus {number}?", "What is {number} times {number}?",
         "How much is {number} minus {number}?", "Is {number} more than {number}?",
         "What time is it?", "What day is it today?", "What is the date?", "What is the weather today?",
         "Will it rain tomorrow?", "What is the news today?",
         "Who won the game last night?", "Who is the president?", "What year is it?", "How far is the moon?",
         "Why is the sky blue?", "What is the meaning of life?",
         "How hot is the sun?", "How deep is the sea?", "How many stars are there?", "What is the tallest building?",
         "Which phone should I buy?",
         "How do I fix my computer?", "How do I lose weight?", "Where am I?", "What is my name?", "How old am I?",
         "Where do I live?", "Do you know me?",
         "What is the biggest city?", "What is the longest river in the world?", "Who was the first man on the moon?",
         "How do planes fly?", "What is the speed of light?",
         "Who is the {office} of Tamble?", "Who is the {office}?", "Where is the {spot}?",
         "Where is the {spot} of Tamble?", "What colour is the {spot}?",
         "Why is {stuff} {quality}?", "Why are {crowd} {quality}?", "Is {stuff} {quality}?", "Are {crowd} {quality}?",
         "How do {crowd} grow?", "Where do {crowd} come from?",
         "What are {crowd}?", "Do you like {crowd}?", "Who has the most {crowd}?", "Who created {work}?",
         "Which is better, {goods} or {goods}?", "Who discovered {topic}?",
         "What do you know about {topic}?", "What do you know about {land}?", "Tell me about {land}.",
         "Tell me about {beast}.", "Describe {land}.", "Why do {crowd} die?", "Who won the {contest}?", "Who won the {contest} in {year}?",
         "When was the {contest}?", "What happened in {year}?", "Can you write {topic}?", "Can you make {goods}?",
         "What happened in {land}?", "What happened yesterday?", "When did the war end?", "Who is the best singer?",
         "What should I wear today?", "What should I eat today?"]
WORLD_HELD = ["What is the biggest city in {land}?", "What money do they use in {land}?", "How far is {land}?",
              "Who made {work}?", "Have you read {work}?",
              "Can you explain {topic} to me?", "Why do people study {topic}?", "What is the history of {topic}?",
              "How can I get {goods}?", "What is the price of {goods}?",
              "How many legs does {beast} have?", "Is {beast} dangerous?", "Can you add {number} and {number}?",
              "What is the day today?",
              "What is the weather tomorrow?", "Why is the grass green?", "How far is the sun?", "Who is the queen?",
              "What is the fastest car?", "What did I eat today?",
              "Which person is the {office}?", "How do I find the {spot}?"]
STRANGERS = ["Who is {name}?", "Where does {name} live?", "What is {name}'s job?", "How old is {name}?",
             "What does {name} like to eat?", "Who is {name}'s best friend?",
             "Do you know {name}?", "Tell me about {name}.", "Does {name} have a pet?",
             "What colour is {name}'s coat?", "Is {name} your friend?", "What does {name} eat?",
             "What is {name}?", "Where is {name}?", "Where does {name} sleep?", "What is {name}'s hobby?",
             "Who owns {name}?", "Is {name} the baker?", "Does {name} live in Tamble?"]
STRANGERS_HELD = ["What does {name} do for a living?", "Have you met {name}?", "Which street does {name} live in?",
                  "What kind of animal is {name}?", "Who is {name} best friends with?"]
TASKS = ["Write a poem about {topic}.", "Write a song about {topic}.", "Tell me a joke.",
         "Translate this into {tongue}.", "Play some music.", "Send a message to my mother.",
         "Order a pizza.", "Write a program.", "Draw a picture of {beast}.", "Book a flight to {land}.",
         "Open the door.", "Call my brother.", "Write a letter to the king.",
         "Say hello in {tongue}.", "Do my homework.", "Show me a map of {land}.", "Sing a song.",
         "Turn on the light.", "Count to {number}.", "Solve this for me.",
         "Find a cheap hotel in {land}.", "Make me a sandwich.", "Tell me a joke about {beast}.",
         "Write a report about {topic}.", "Buy me {goods}."]
TASKS_HELD = ["Write a story about {topic}.", "Do you speak {tongue}?", "Draw {goods} for me.",
              "Book a room in {land}.", "Write me a song.", "Call my mother."]
SECRETS = ["What is {Ts} phone number?", "How tall is {T}?", "What is {Ts} favourite song?",
           "What did {T} dream last night?", "When is {Ts} birthday?",
           "How much money does {T} have?", "What is {Ts} last name?", "What is {T} thinking about?",
           "Which book is {T} reading?", "How heavy is {T}?",
           "Where was {T} born?", "What did {T} say yesterday?", "What size are {Ts} shoes?",
           "What colour are {Ts} eyes?", "Is {T} happy?", "Who is {Ts} uncle?",
           "Can {T} speak {tongue}?", "Has {T} been to {land}?", "What will {T} do tomorrow?",
           "What is {Ts} favourite colour?", "What is {Ts} secret?"]
SECRETS_HELD = ["What colour is {Ts} hair?", "What did {T} do yesterday?", "How rich is {T}?",
                "What is {Ts} favourite book?", "Has {T} ever seen {land}?"]

LISTS = dict(
    contest=["world cup", "election", "prize", "match", "war", "final", "first game", "big race", "battle"],
    year=["1945", "1999", "2001", "2010", "2016", "2020", "1789", "1900", "2024"],
    stuff=["snow", "the sea", "blood", "fire", "ice", "sand", "glass", "water", "iron", "the moon", "my car",
           "my house", "my hair", "winter", "salt", "the night", "coffee"],
    quality=["white", "cold", "hot", "red", "yellow", "dark", "expensive", "small", "important", "blue", "so big",
             "old", "loud", "round", "black", "sweet", "green"],
    crowd=["bananas", "trees", "people", "teeth", "cars", "planets", "birds", "flowers", "soldiers", "babies",
           "cities", "bees", "mountains", "computers", "stars", "cats"],
    office=["king", "queen", "mayor", "president", "dentist", "pilot", "lawyer", "soldier", "judge", "driver",
            "singer", "dancer", "police officer", "nurse"],
    spot=["airport", "cinema", "hotel", "bank", "museum", "station", "castle", "theatre", "factory", "prison",
          "hospital", "beach", "zoo", "market hall"],
    land=["France", "Spain", "China", "India", "Brazil", "London", "Paris", "Rome", "America", "Africa", "Berlin",
          "Canada", "Egypt", "Tokyo", "Russia",
          "Mars", "Sweden", "New York", "Greece", "Peru", "Italy", "Moscow", "Texas", "Ireland", "Norway", "Kenya",
          "Japan", "the moon", "the city", "the north"],
    work=["Hamlet", "the Bible", "Star Wars", "Harry Potter", "the Mona Lisa", "Moby Dick", "this film", "that song",
          "the last book", "the Odyssey",
          "Romeo and Juliet", "Don Quixote", "the big picture", "this game"],
    topic=["history", "physics", "love", "war", "money", "football", "music", "chemistry", "politics", "electricity",
           "gravity", "the law", "science",
           "computers", "religion", "tax", "the internet", "medicine", "space", "English", "cars", "trade",
           "language", "death", "time", "art", "biology",
           "the economy", "maths", "engines", "the telephone", "dreams", "steel", "elections", "fashion", "tennis",
           "radio"],
    goods=["a car", "a phone", "pizza", "a computer", "gold", "a train ticket", "coffee", "a bicycle", "a camera",
           "a house", "petrol", "chocolate", "a gun",
           "a ring", "a television", "ice cream", "a sofa", "beer", "a plane", "medicine", "a lamp", "paper",
           "a robot", "diamonds", "shoes"],
    beast=["a lion", "an elephant", "a shark", "a whale", "a snake", "a tiger", "a bear", "a monkey", "an eagle",
           "a dinosaur", "a penguin", "a wolf", "a spider",
           "a dragon", "an ant", "a camel", "a giraffe", "a frog"],
    tongue=["French", "Spanish", "German", "Chinese", "Latin", "Italian", "Arabic"],
    number=["two", "three", "four", "five", "seven", "eight", "nine", "ten", "twelve", "twenty", "fifty", "2", "3",
            "7", "10", "15", "99", "100", "250"],
    name=["Michael", "Peter", "Maria", "Kevin", "Susan", "Einstein", "Napoleon", "Shakespeare", "Julia", "David",
          "Laura", "Mozart", "Steve", "Eva", "Karl",
          "Lisa", "Jennifer", "Robert", "Caesar", "Newton", "Otis", "Simon", "Nina", "Carl", "Martha", "Felix",
          "Dora", "Lucas", "Bella", "Rex", "Bruno",
          "Mary", "Frank", "Alice", "Bob", "Ned", "Tina", "Oscar", "Clarence", "Lenny", "Benjamin", "Rosalind",
          "Tommy", "Norbert", "Idris"])
LISTS_HELD = dict(
    contest=["championship", "last match", "fight"], year=["1812", "1969", "2008"],
stuff=["the rain", "cotton", "my shirt"], quality=["grey", "wet", "cheap"], crowd=["oranges", "volcanoes",
           "clouds"],
    office=["butcher", "general", "sailor", "cleaner"], spot=["stadium", "harbour", "university", "car park"],
    land=["Germany", "Mexico", "Australia", "Madrid", "Poland", "Chicago", "Jupiter", "Denmark"],
    work=["Macbeth", "the Iliad", "Titanic", "the Lord of the Rings"],
    topic=["geography", "quantum physics", "marriage", "basketball", "philosophy", "the stock market", "photography",
           "democracy"],
    goods=["a motorbike", "a laptop", "tobacco", "silver", "a ticket", "a piano"],
    beast=["a crocodile", "a kangaroo", "a zebra", "a dolphin", "a bat"],
    tongue=["Russian", "Portuguese", "Greek"], number=["six", "eleven", "thirty", "8", "42", "77"],
    name=["William", "Sarah", "Beethoven", "Daniel", "Sophie", "Gandhi", "Patrick", "Helen", "Picasso", "Amy",
          "George", "Victor", "Emma", "Toby"])

SYLLABLES = ["ba", "ri", "zo", "ke", "lun", "mar", "ti", "vel", "do", "gra", "shi", "pol", "ne", "fos", "hu", "xa",
             "jor", "wen", "li", "qua", "ster", "om", "ul", "ed"]


def madeUpName(random):
    return "".join(random.choice(SYLLABLES) for _ in range(random.choice((2, 2, 3)))).capitalize()


def fill(random, template, madeUp=0.0, lists=None):
    """Each {slot} of an out-of-world question gets a word of its list."""
    lists = lists or LISTS
    for slot, words in lists.items():
        while "{" + slot + "}" in template:
            word = madeUpName(random) if slot == "name" and random.random() < madeUp else random.choice(words)
            template = template.replace("{" + slot + "}", word, 1)
    return template
