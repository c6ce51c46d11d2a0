/* pictures.h: what the transforms of pictures share: arguments that several of them have, and their checks. */
#ifndef NETC_VOCABULARY_TRANSFORMS_PICTURES_H
#define NETC_VOCABULARY_TRANSFORMS_PICTURES_H

#include "vocabulary/vocabulary.h"

/* The longest side that an argument can ask for. */
enum { MOST_SIDE = 32768 };

enum { CHANNELS, HEIGHT, WIDTH }; /* of a sample's shape */

/* torchvision's `size`: a whole number, for both sides, or (height, width). False after reporting. */
bool picture_size(Diag *diag, const char *name, const Arg *arg, int size[2]);

/* torchvision's `padding`: left, top, right, bottom out of one, two or four numbers; None: none. False after
 * reporting. */
bool picture_padding(Diag *diag, const char *name, const Arg *arg, int padding[4]);

/* fill: one number, or one per channel; mode: "constant", "edge", "reflect", "symmetric", or NULL where there is no
 * such argument. False after reporting. */
bool picture_border(Arena *arena, Diag *diag, const char *name, const Arg *fill, const Arg *mode, Shape in);

/* One of the names, which NULL ends. False after reporting. */
bool picture_word(Arena *arena, Diag *diag, const char *name, const Arg *arg, const char *const *words);

/* The names of PIL's filters: those of Resize, and of rotations. */
extern const char *const picture_filters[];
extern const char *const picture_rotations[];

/* A pair of numbers from least to most, the first no greater than the second. False after reporting. */
bool picture_range(Diag *diag, const char *name, const char *param, const Arg *arg, double least, double most);

/* p, between 0 and 1. False after reporting. */
bool picture_probability(Diag *diag, const char *name, const Arg *arg);

/* ", 0.1, 0.5": the shortest decimals that are these numbers. */
void picture_numbers(Text *text, const double *numbers, int count);

/* "(const int[]){0, 1, 2}, 3": whole numbers and how many, as a runtime function takes them; of a list of fractions
 * the whole part, as torchvision takes it. */
const char *picture_ints(Arena *arena, const Arg *arg);

/* The shape with other sides. */
Shape picture_shape(Shape in, int64_t height, int64_t width);

#endif
