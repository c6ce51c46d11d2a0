/* Shapes: ten kinds of coloured shapes that the runtime draws from a seed; netc's own. */
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { TRAIN, TARGET };

static const Param params[] = {
    {"train", ARG_BOOL, "True", NULL},
    {"target", ARG_STRING, "\"class\"", NULL}, /* or "position": x, y and radius, for a regression */
    {"transform", ARG_STRING, "None", "Shapes has its transforms in braces behind it: Shapes(...) { ToTensor() }"},
    {0},
};

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena;
    const char *target = args->at[TARGET].s;
    *sample = shape_of(3, (int64_t[]){3, 32, 32});
    *classes = strcmp(target, "class") ? 0 : 10;
    if (*classes || !strcmp(target, "position"))
        return true;
    diag_error(diag, args->at[TARGET].span, "Shapes expects target \"class\" or \"position\" but gets \"%s\"", target);
    return false;
}

const DatasetKind dataset_shapes = {"Shapes", "coloured shapes of ten kinds, 3x32x32, drawn by netc", params, describe,
                                    "nc_shapes", true};
