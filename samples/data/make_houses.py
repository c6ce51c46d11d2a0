"""Made houses.csv and houses_test.csv: invented houses whose prices follow a rule with some chance.

    python make_houses.py
"""
import random

DISTRICTS = {"harbour": 1.3, "hill": 1.1, "old town": 1.5, "station": 0.8}


def write(name, seed, count):
    r = random.Random(seed)
    with open(name, "w", encoding="utf-8") as file:
        file.write("area,rooms,age,distance,district,price\n")
        for _ in range(count):
            area, age, distance = r.uniform(35, 180), r.uniform(0, 90), r.expovariate(1 / 4)
            rooms = max(1, round(area / 28 + r.gauss(0, 0.7)))
            district = r.choice(sorted(DISTRICTS))
            price = (40 + 2.1 * area + 6 * rooms - 0.6 * age - 5 * distance) * DISTRICTS[district] + r.gauss(0, 12)
            shown = "" if r.random() < 0.03 else "%.0f" % age  # not everybody knows how old a house is
            file.write("%.1f,%d,%s,%.2f,%s,%.1f\n" % (area, rooms, shown, distance, district, price))


write("houses.csv", 1, 400)
write("houses_test.csv", 2, 100)
