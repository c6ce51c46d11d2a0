"""Made books.csv and books_test.csv from the beginnings of three books in books/, all in the public domain: Genesis in
the King James Version, Carroll's Alice's Adventures in Wonderland, and some of Shakespeare's sonnets.

    python make_books.py

A row is up to 20 words that stand together and the book that they are from. A word is its number among those that the
training part has at least twice, sorted, from 2 on; 1 is any other word, and 0 fills up a row. Every fourth stretch of
80 words is for the test part; in the others, rows overlap."""
import collections
import os
import re

BOOKS, WINDOW, STEP, STRETCH = ("alice", "genesis", "sonnets"), 20, 4, 80
FOLDER = os.path.dirname(os.path.abspath(__file__))


def words(book):
    with open(os.path.join(FOLDER, "books", book + ".txt"), encoding="utf-8") as file:
        return re.findall(r"[a-z]+(?:'[a-z]+)*", file.read().lower())


def stretches(book):
    """Those of the training part and those of the test part."""
    text = words(book)
    every = [text[start:start + STRETCH] for start in range(0, len(text), STRETCH)]
    return [part for i, part in enumerate(every) if i % 4 < 3], every[3::4]


def write(name, parts, numbers, step):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        file.write(",".join("word%d" % i for i in range(WINDOW)) + ",book\n")
        for book, part in zip(BOOKS, parts):
            for stretch in part:
                for start in range(0, max(len(stretch) - WINDOW, 0) + 1, step):
                    row = [numbers.get(word, 1) for word in stretch[start:start + WINDOW]]
                    file.write(",".join(map(str, row + [0] * (WINDOW - len(row)))) + ",%s\n" % book)


def main():
    train, test = zip(*[stretches(book) for book in BOOKS])
    counts = collections.Counter(word for part in train for stretch in part for word in stretch)
    numbers = {word: i for i, word in enumerate(sorted(word for word in counts if counts[word] > 1), 2)}
    write("books.csv", train, numbers, STEP)
    write("books_test.csv", test, numbers, WINDOW // 2)
    print("%d different numbers" % (len(numbers) + 2))


main()
