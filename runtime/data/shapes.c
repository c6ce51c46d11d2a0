/* Shapes: a data set that ships with netc, drawn as they are wanted and the same bytes on every machine.
 *
 * Each picture, 3x32x32 bytes if nothing else is said, holds one shape of ten classes:
 *   0 circle   1 ellipse   2 ring      3 crescent   4 triangle
 *   5 square   6 bar       7 hexagon   8 star       9 cross
 * at any place, size, angle and colour, before a darker background, plain, shaded, striped or chequered. Some shapes
 * have a texture, some are hollow; thin lines and dots lie in front of and behind it, contrast is sometimes low, and
 * every pixel is noisy. The class of each picture is drawn too; no picture is both in the training and the test part.
 *
 * With target="position" a picture's target is not its class but where the shape stands: the centre's x and y and the
 * radius, as shares of the picture's side, from its upper left corner. With target="mask" each pixel has a class, that
 * of the shape plus 1 where at least half of the pixel is the shape's, and 0, the ground, elsewhere. A picture of one
 * channel is the mean of the three colours.
 *
 * All arithmetic is in integers, so nothing depends on a compiler or a maths library. Coordinates in a shape's own
 * frame have 1024 to its radius ("units"); each pixel is the mean of four points. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

enum {
    COLOURS = 3,
    MOST_SIDE = 256, /* as the vocabulary has it */
    CLASSES = 10,
    TRAIN_COUNT = 10000,
    TEST_COUNT = 2000,
    FINE = 16, /* steps to a pixel in which positions and sizes are chosen */
    UNIT = 1024,
    REACH = 1140, /* no shape reaches further from its centre */
    POSITION_FLOATS = 3, /* x, y, radius */
};

enum target { TARGET_CLASS, TARGET_POSITION, TARGET_MASK };

static const char *const NAMES[1 + CLASSES] = {
    "ground", "circle", "ellipse", "ring", "crescent", "triangle", "square", "bar", "hexagon", "star", "cross",
};

/* ---- Random numbers: splitmix64 (Steele, Lea, Flood 2014) ------------------------------------------------------ */

struct rng {
    uint64_t state;
};

static uint32_t draw(struct rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) >> 32);
}

/* An integer from low to high, both included. */
static int between(struct rng *r, int low, int high)
{
    return low + (int)((uint64_t)draw(r) * (uint32_t)(high - low + 1) >> 32);
}

static int chance(struct rng *r, int percent)
{
    return between(r, 0, 99) < percent;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* ---- Angles and frames ----------------------------------------------------------------------------------------- */

enum { TURN = 64, ONE = 1 << 14 }; /* angles to a full turn; 1.0 of a sine */

/* sin(i * 2 pi / 64), a quarter turn. */
static const int16_t QUARTER[TURN / 4 + 1] = {
    0, 1606, 3196, 4756, 6270, 7723, 9102, 10394, 11585, 12665, 13623, 14449, 15137, 15679, 16069, 16305, 16384,
};

static int sine(int angle)
{
    angle &= TURN - 1;
    int half = angle & (TURN / 2 - 1);
    int value = QUARTER[half <= TURN / 4 ? half : TURN / 2 - half];
    return angle < TURN / 2 ? value : -value;
}

static int cosine(int angle)
{
    return sine(angle + TURN / 4);
}

/* Where a shape stands: units = (position - centre) turned and divided by the radius. */
struct frame {
    int x, y;       /* centre, in fine steps */
    int radius;     /* fine steps */
    int across, up; /* units to 256 fine steps along and across the shape's own axis */
    int hole;       /* hollow: 256 by the size of the hole, to a filled shape's; 0: filled */
};

static struct frame choose_frame(struct rng *r, int side)
{
    struct frame f;
    f.radius = between(r, 7 * FINE * side / 32, 13 * FINE * side / 32);
    int margin = f.radius * 3 / 4, free = side * FINE - 2 * margin;
    f.x = margin + between(r, 0, free);
    f.y = margin + between(r, 0, free);
    int angle = between(r, 0, TURN - 1);
    f.across = cosine(angle) * (UNIT * 256 / f.radius) / ONE;
    f.up = sine(angle) * (UNIT * 256 / f.radius) / ONE;
    f.hole = 0;
    return f;
}

/* ---- The ten shapes -------------------------------------------------------------------------------------------- */

static int absolute(int x)
{
    return x < 0 ? -x : x;
}

/* A regular polygon, or a star of its lengthened sides: the way out through each side, and how far that side is. */
struct polygon {
    int sides, x[6], y[6]; /* in ONE */
    int apothem;           /* units */
    int beyond;            /* a point of the shape may be beyond so many sides */
};

static struct polygon make_polygon(int sides, int apothem, int beyond)
{
    struct polygon p = {.sides = sides, .apothem = apothem * ONE, .beyond = beyond};
    for (int i = 0; i < sides; i++) {
        int angle = (i * TURN * 2 + sides) / (2 * sides); /* the nearest to i sides-ths of a turn */
        p.x[i] = cosine(angle);
        p.y[i] = sine(angle);
    }
    return p;
}

static int inside_polygon(const struct polygon *p, int u, int v)
{
    int beyond = 0;
    for (int i = 0; i < p->sides && beyond <= p->beyond; i++)
        beyond += u * p->x[i] + v * p->y[i] > p->apothem;
    return beyond <= p->beyond;
}

/* The square of the radius of a circle inside of each shape, where there is one around its centre. */
static const int INNER[CLASSES] = {850 * 850, 512 * 512, 0, 0, 520 * 520, 730 * 730, 420 * 420, 790 * 790, 350 * 350,
                                   330 * 330};

/* Whether the point (u, v), in units, lies inside of the shape. Sizes are chosen for areas that are much alike.
 * `polygon` is the shape's own, where it is one. */
static int inside(int shape, const struct polygon *polygon, int u, int v)
{
    int square = u * u + v * v, long_side, short_side;
    if (square < INNER[shape])
        return 1;
    switch (shape) {
    case 0: return 0;
    case 1: return u * u + 4 * v * v < UNIT * UNIT;
    case 2: return square < 950 * 950 && square > 480 * 480;
    case 3: return square < 980 * 980 && (u - 420) * (u - 420) + v * v > 760 * 760;
    case 5: return absolute(u) < 730 && absolute(v) < 730;
    case 6: return absolute(u) < 1050 && absolute(v) < 420;
    case 9:
        long_side = absolute(u) > absolute(v) ? absolute(u) : absolute(v);
        short_side = absolute(u) + absolute(v) - long_side;
        return long_side < 980 && short_side < 330;
    default: return inside_polygon(polygon, u, v); /* triangle, hexagon, star */
    }
}

/* ---- Colours and backgrounds ----------------------------------------------------------------------------------- */

struct paint {
    int from[COLOURS], to[COLOURS]; /* 0 to 255; mixed by the pattern */
    int pattern;                      /* which of mix() */
    int across, up;                   /* direction, in ONE */
    unsigned frequency;               /* periods in 65536 fine steps */
};

enum { PLAIN, SHADED, STRIPED, CHEQUERED, PATTERNS };

/* A paint whose colours lie between `low` and `high`, the second one not far from the first. */
static struct paint choose_paint(struct rng *r, int pattern, int low, int high)
{
    struct paint p = {.pattern = pattern};
    int spread = between(r, 20, 70), angle = between(r, 0, TURN - 1);
    for (int c = 0; c < COLOURS; c++) {
        p.from[c] = between(r, low, high);
        p.to[c] = clamp(p.from[c] + between(r, -spread, spread), low, high);
    }
    p.across = cosine(angle);
    p.up = sine(angle);
    p.frequency = 65536u / (unsigned)between(r, 3 * FINE, 9 * FINE);
    return p;
}

/* How much of `to` is in the paint at a point, 0 to 256. */
static int mix(const struct paint *p, int side, int x, int y)
{
    const int away = (side <= 128 ? 256 : 512) * FINE; /* keeps the sums positive */
    if (p->pattern == PLAIN)
        return 0;
    unsigned along = (unsigned)(x * p->across + y * p->up + away * ONE) / ONE;
    unsigned aside = (unsigned)(y * p->across - x * p->up + away * ONE) / ONE;
    switch (p->pattern) {
    case SHADED: return ((int)along - away + 3 * side * FINE / 2) * 256 / (3 * side * FINE);
    case STRIPED: return (int)(along * p->frequency / 65536 % 2 * 256);
    default: return (int)((along * p->frequency / 65536 + aside * p->frequency / 65536) % 2 * 256);
    }
}

static int colour(const struct paint *p, int channel, int mixed)
{
    return (int)((unsigned)(p->from[channel] * (256 - mixed) + p->to[channel] * mixed) / 256);
}

/* ---- Drawing --------------------------------------------------------------------------------------------------- */

struct picture {
    int side;
    int pixel[MOST_SIDE * MOST_SIDE][COLOURS]; /* row by row */
};

/* Mixes `value` over a pixel, `cover` quarters of it. */
static void blend(int *pixel, const int *value, int cover)
{
    for (int c = 0; c < COLOURS; c++)
        pixel[c] += (value[c] - pixel[c]) * cover / 4;
}

static void draw_ground(struct picture *picture, const struct paint *p)
{
    for (int y = 0; y < picture->side; y++) {
        for (int x = 0; x < picture->side; x++) {
            int mixed = mix(p, picture->side, x * FINE, y * FINE);
            for (int c = 0; c < COLOURS; c++)
                picture->pixel[y * picture->side + x][c] = colour(p, c, mixed);
        }
    }
}

/* The pixels that a shape may reach. */
struct box {
    int left, right, high, low;
};

static struct box box_of(const struct frame *f, int side)
{
    int reach = f->radius * REACH / UNIT + FINE;
    return (struct box){clamp((f->x - reach) / FINE, 0, side), clamp((f->x + reach) / FINE + 1, 0, side),
                        clamp((f->y - reach) / FINE, 0, side), clamp((f->y + reach) / FINE + 1, 0, side)};
}

/* How many quarters of a pixel are the shape's. */
static int cover_of(int shape, const struct polygon *polygon, const struct frame *f, int x, int y)
{
    int dx = x * FINE + FINE / 4 - f->x, dy = y * FINE + FINE / 4 - f->y, cover = 0;
    int across = dx * f->across + dy * f->up, up = dy * f->across - dx * f->up;
    for (int i = 0; i < 4; i++) { /* the middles of the four quarters */
        int u = (across + (i % 2 * f->across + i / 2 * f->up) * FINE / 2) / 256;
        int v = (up + (i / 2 * f->across - i % 2 * f->up) * FINE / 2) / 256;
        if (u * u + v * v > REACH * REACH)
            continue;
        cover += inside(shape, polygon, u, v)
                 && !(f->hole && inside(shape, polygon, u * f->hole / 256, v * f->hole / 256));
    }
    return cover;
}

static void draw_shape(struct picture *picture, int shape, const struct polygon *polygon, const struct frame *f,
                       const struct paint *p)
{
    const struct box box = box_of(f, picture->side);
    for (int y = box.high; y < box.low; y++) {
        for (int x = box.left; x < box.right; x++) {
            int cover = cover_of(shape, polygon, f, x, y);
            if (!cover)
                continue;
            int value[COLOURS], mixed = mix(p, picture->side, x * FINE, y * FINE);
            for (int c = 0; c < COLOURS; c++)
                value[c] = colour(p, c, mixed);
            blend(picture->pixel[y * picture->side + x], value, cover);
        }
    }
}

/* A thin line or a few dots of any colour, to be looked past. */
static void draw_clutter(struct picture *picture, struct rng *r)
{
    int value[COLOURS];
    for (int c = 0; c < COLOURS; c++)
        value[c] = between(r, 0, 255);
    int width = picture->side * FINE;
    int x = between(r, 0, width - 1), y = between(r, 0, width - 1), angle = between(r, 0, TURN - 1);
    int line = chance(r, 50), length = line ? between(r, 5, 20) : between(r, 1, 4);
    int dx = line ? cosine(angle) * FINE / ONE : 0, dy = line ? sine(angle) * FINE / ONE : 0;
    for (int i = 0; i < length; i++) {
        if (x >= 0 && x < width && y >= 0 && y < width)
            blend(picture->pixel[y / FINE * picture->side + x / FINE], value, 3);
        x += line ? dx : between(r, -6 * FINE, 6 * FINE);
        y += line ? dy : between(r, -6 * FINE, 6 * FINE);
    }
}

/* The picture as bytes, channels first, each up to `most` too large or too small. */
static void add_noise(const struct picture *picture, struct rng *r, int most, int channels, unsigned char *sample)
{
    int table[64]; /* what the sum of two five-bit numbers adds: a triangular distribution */
    int plane = picture->side * picture->side;
    for (int i = 0; i < 64; i++)
        table[i] = i * most / 31 - most;
    for (int i = 0; i < plane; i++) {
        const int *pixel = picture->pixel[i], grey = (pixel[0] + pixel[1] + pixel[2]) / COLOURS;
        uint32_t bits = draw(r);
        for (int c = 0; c < channels; c++, bits >>= 10) {
            int value = channels == 1 ? grey : pixel[c];
            sample[c * plane + i] = (unsigned char)clamp(value + table[(bits & 31) + (bits >> 5 & 31)], 0, 255);
        }
    }
}

/* What a sample shows: all that is drawn of it before its pixels are. */
struct scene {
    struct rng rng; /* as it stands then */
    int shape;
    struct paint ground, own;
    struct frame frame;
};

static struct scene choose_scene(const struct nc_data_own *own, long long sample)
{
    struct scene s = {.rng.state = ((uint64_t)(own->train ? 1 : 2) << 32) + (uint64_t)sample * 0x10001u};
    struct rng *r = &s.rng;
    s.shape = between(r, 0, CLASSES - 1);
    int dark = between(r, 50, 120), light = between(r, 110, 190);
    s.ground = choose_paint(r, between(r, 0, PATTERNS - 1), 0, dark);
    s.own = choose_paint(r, chance(r, 60) ? PLAIN : between(r, SHADED, PATTERNS - 1), light, 255);
    s.frame = choose_frame(r, own->size);
    int may_be_hollow = s.shape == 1 || s.shape > 3; /* a hollow circle would be a ring */
    if (may_be_hollow && s.frame.radius > own->size * FINE / 4 && chance(r, 15))
        s.frame.hole = between(r, 340, 390);
    return s;
}

static struct polygon polygon_of(int shape)
{
    return shape == 4 ? make_polygon(3, 520, 0) : shape == 7 ? make_polygon(6, 790, 0) : make_polygon(5, 350, 1);
}

/* The bytes of a sample, channels first. */
static void draw_scene(struct scene *s, const struct nc_data_own *own, unsigned char *sample)
{
    struct picture picture;
    struct rng *r = &s->rng;
    const struct polygon polygon = polygon_of(s->shape);
    picture.side = own->size;
    draw_ground(&picture, &s->ground);
    for (int i = between(r, 0, 3); i > 0; i--)
        draw_clutter(&picture, r);
    draw_shape(&picture, s->shape, &polygon, &s->frame, &s->own);
    for (int i = between(r, 0, 2); i > 0; i--)
        draw_clutter(&picture, r);
    add_noise(&picture, r, between(r, 4, 22), own->channels, sample);
}

static void note_position(const struct frame *f, int picture_side, float *target)
{
    const float side = (float)(picture_side * FINE);
    target[0] = (float)f->x / side;
    target[1] = (float)f->y / side;
    target[2] = (float)f->radius / side;
}

/* The class of each pixel, in zeros. */
static void draw_mask(const struct scene *s, int side, int *mask)
{
    const struct polygon polygon = polygon_of(s->shape);
    const struct box box = box_of(&s->frame, side);
    for (int y = box.high; y < box.low; y++)
        for (int x = box.left; x < box.right; x++)
            if (cover_of(s->shape, &polygon, &s->frame, x, y) >= 2)
                mask[y * side + x] = s->shape + 1;
}

/* ---- The data set ---------------------------------------------------------------------------------------------- */

/* Samples are drawn when they are first wanted, by the thread that wants them: training begins at once. */
static void make(struct nc_data *data, long long sample)
{
    struct nc_data_own *own = data->own;
    if (own->drawn[sample])
        return;
    struct scene scene = choose_scene(own, sample);
    draw_scene(&scene, own, own->drawing + sample * data->sample_bytes);
    own->drawn[sample] = 1;
}

/* What of the names are those of the classes, and how many. */
static const char *const *class_names(struct nc_data *data, int *count)
{
    const struct nc_data_own *own = data->own;
    *count = own->target == TARGET_POSITION ? 0 : own->target == TARGET_MASK ? 1 + CLASSES : CLASSES;
    return own->target == TARGET_POSITION ? NULL : own->target == TARGET_MASK ? NAMES : NAMES + 1;
}

static void note_target(const struct nc_data *data, const struct scene *scene, int sample, int *labels, float *targets)
{
    const struct nc_data_own *own = data->own;
    if (own->target == TARGET_POSITION)
        note_position(&scene->frame, own->size, targets + (size_t)sample * POSITION_FLOATS);
    else if (own->target == TARGET_MASK)
        draw_mask(scene, own->size, labels + (size_t)sample * (size_t)data->places);
    else
        labels[sample] = scene->shape;
}

static void load(struct nc_data *data)
{
    struct nc_data_own *own = data->own;
    int count = own->train ? TRAIN_COUNT : TEST_COUNT, bytes = own->channels * own->size * own->size, classes;
    const char *const *names = class_names(data, &classes);
    data->count = count;
    data->places = own->target == TARGET_MASK ? own->size * own->size : 0;
    data->target_floats = own->target == TARGET_POSITION ? POSITION_FLOATS : 0;
    int *labels = classes > 0 ? nc_memory(data->run, nc_label_count(data), sizeof *labels, "Shapes") : NULL;
    float *targets = classes > 0 ? NULL : nc_memory(data->run, count, POSITION_FLOATS * sizeof *targets, "Shapes");
    const unsigned char **parts = nc_memory(data->run, 1, sizeof *parts, "Shapes");
    for (int i = 0; i < count; i++) {
        struct scene scene = choose_scene(own, i);
        note_target(data, &scene, i, labels, targets);
    }
    own->drawing = nc_memory(data->run, count, bytes, "Shapes");
    own->drawn = nc_memory(data->run, count, 1, "Shapes");
    parts[0] = own->drawing;
    data->sample_bytes = bytes;
    data->parts = parts;
    data->part_samples = count;
    data->make = make;
    data->labels = labels;
    data->own_numbers = 1;
    data->targets = targets;
    nc_data_finish(data, own->channels, own->size, own->size, classes, names);
}

struct nc_data *nc_shapes(struct nc_run *run, const char *name, int train, const char *target, int size,
                          int channels)
{
    if (size < 1 || size > MOST_SIDE || (channels != 1 && channels != COLOURS))
        nc_fail(run, NULL, "Shapes draws no pictures of %dx%dx%d", channels, size, size);
    struct nc_data *data = nc_data_new(run, name, "Shapes", NULL, train, load);
    struct nc_data_own *own = data->own;
    own->target = strcmp(target, "position") == 0 ? TARGET_POSITION
                  : strcmp(target, "mask") == 0   ? TARGET_MASK
                                                  : TARGET_CLASS;
    own->size = size;
    own->channels = channels;
    nc_take_pictures(data, &(struct nc_size){size, size, channels}, class_names);
    return data;
}
