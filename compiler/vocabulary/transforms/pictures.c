#include "vocabulary/transforms/pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const picture_filters[] = {"nearest", "nearest-exact", "bilinear", "bicubic", "box", "hamming", "lanczos",
                                       NULL};
const char *const picture_rotations[] = {"nearest", "nearest-exact", "bilinear", "bicubic", NULL};

const Enumerator vocabulary_enumerators[] = {
    {"InterpolationMode.NEAREST", "nearest"},   {"InterpolationMode.NEAREST_EXACT", "nearest-exact"},
    {"InterpolationMode.BILINEAR", "bilinear"}, {"InterpolationMode.BICUBIC", "bicubic"},
    {"InterpolationMode.BOX", "box"},           {"InterpolationMode.HAMMING", "hamming"},
    {"InterpolationMode.LANCZOS", "lanczos"},   {0},
};

static const char *const padding_modes[] = {"constant", "edge", "reflect", "symmetric", NULL};

/* Whether the numbers are whole, from least to most. */
static bool whole_numbers(Diag *diag, const char *name, const char *param, const Arg *arg, int least, int most)
{
    for (int i = 0; i < arg->list_count; i++)
        if (!arg->whole || arg->list[i] < least || arg->list[i] > most) {
            diag_error(diag, arg->span, "%s expects %s to be whole numbers from %d to %d but gets %.12g", name, param,
                       least, most, arg->list[i]);
            return false;
        }
    return true;
}

bool picture_size(Diag *diag, const char *name, const Arg *arg, int size[2])
{
    if (arg->list_count > 2) {
        diag_error(diag, arg->span, "%s expects a size or (height, width) but gets %d numbers", name, arg->list_count);
        return false;
    }
    if (!whole_numbers(diag, name, "size", arg, 1, MOST_SIDE))
        return false;
    size[0] = (int)arg->list[0];
    size[1] = (int)arg->list[arg->list_count - 1];
    return true;
}

bool picture_padding(Diag *diag, const char *name, const Arg *arg, int padding[4])
{
    memset(padding, 0, 4 * sizeof *padding);
    if (arg->none)
        return true;
    if (arg->list_count == 3 || arg->list_count > 4) {
        diag_error(diag, arg->span, "%s expects padding for all sides, (left and right, top and bottom) or "
                   "(left, top, right, bottom) but gets %d numbers", name, arg->list_count);
        return false;
    }
    if (!whole_numbers(diag, name, "padding", arg, -MOST_SIDE, MOST_SIDE))
        return false;
    for (int i = 0; i < 4; i++)
        padding[i] = (int)arg->list[i % arg->list_count];
    return true;
}

bool picture_border(Arena *arena, Diag *diag, const char *name, const Arg *fill, const Arg *mode, Shape in)
{
    bool good = !mode || picture_word(arena, diag, name, mode, padding_modes);
    for (int i = 0; i < fill->list_count && good; i++)
        if (!(fabs(fill->list[i]) <= 1e6)) {
            diag_error(diag, fill->span, "%s expects fill to be bytes, 0 to 255, but gets %.12g", name, fill->list[i]);
            good = false;
        }
    if (fill->list_count != 1 && fill->list_count != in.dim[CHANNELS]) {
        diag_error(diag, fill->span, "%s expects fill to be one number or one for each of %d channels but gets %d",
                   name, (int)in.dim[CHANNELS], fill->list_count);
        good = false;
    }
    return good;
}

bool picture_word(Arena *arena, Diag *diag, const char *name, const Arg *arg, const char *const *words)
{
    Text all = text_new(arena);
    int count = 0;
    for (; words[count]; count++) {
        if (strcmp(words[count], arg->s) == 0)
            return true;
        text_printf(&all, "%s\"%s\"", count == 0 ? "" : words[count + 1] ? ", " : " or ", words[count]);
    }
    const char *closest = diag_closest(arg->s, words, count);
    if (closest)
        diag_error(diag, arg->span, "%s knows no \"%s\"; did you mean \"%s\"?", name, arg->s, closest);
    else
        diag_error(diag, arg->span, "%s expects %s but gets \"%s\"", name, all.bytes, arg->s);
    return false;
}

bool picture_range(Diag *diag, const char *name, const char *param, const Arg *arg, double least, double most)
{
    const double *list = arg->list;
    if (arg->list_count == 2 && least <= list[0] && list[0] <= list[1] && list[1] <= most)
        return true;
    if (arg->list_count != 2)
        diag_error(diag, arg->span, "%s expects %s to be a pair (least, most) but gets %d number%s", name, param,
                   arg->list_count, arg->list_count == 1 ? "" : "s");
    else if (list[0] > list[1])
        diag_error(diag, arg->span, "%s expects %s to be (least, most) but gets (%.12g, %.12g)", name, param, list[0],
                   list[1]);
    else
        diag_error(diag, arg->span, "%s expects %s to lie between %.12g and %.12g but gets (%.12g, %.12g)", name, param,
                   least, most, list[0], list[1]);
    return false;
}

bool picture_probability(Diag *diag, const char *name, const Arg *arg)
{
    if (arg->f >= 0 && arg->f <= 1)
        return true;
    diag_error(diag, arg->span, "%s expects p to be a probability between 0 and 1 but gets %.12g", name, arg->f);
    return false;
}

void picture_numbers(Text *text, const double *numbers, int count)
{
    for (int i = 0; i < count; i++)
        for (int digits = 6; digits <= 17; digits++) {
            char decimal[40];
            snprintf(decimal, sizeof decimal, "%.*g", digits, numbers[i]);
            if (strtod(decimal, NULL) == numbers[i]) {
                text_printf(text, ", %s", decimal);
                break;
            }
        }
}

const char *picture_ints(Arena *arena, const Arg *arg)
{
    Text text = text_new(arena);
    for (int i = 0; i < arg->list_count; i++)
        text_printf(&text, "%s%d", i ? ", " : "(const int[]){", (int)arg->list[i]);
    text_printf(&text, "}, %d", arg->list_count);
    return text.bytes;
}

Shape picture_shape(Shape in, int64_t height, int64_t width)
{
    in.dim[HEIGHT] = height;
    in.dim[WIDTH] = width;
    return in;
}
