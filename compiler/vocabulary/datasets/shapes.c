/* Shapes: ten kinds of coloured shapes that the runtime draws from a seed; netc's own. */
#include "vocabulary/vocabulary.h"

static const Param params[] = {
    {"train", ARG_BOOL, "True", NULL},
    {"transform", ARG_STRING, "None", "Shapes has its transforms in braces behind it: Shapes(...) { ToTensor() }"},
    {0},
};

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args; /* every sample is alike */
    *sample = shape_of(3, (int64_t[]){3, 32, 32});
    *classes = 10;
    return true;
}

const DatasetKind dataset_shapes = {"Shapes", "coloured shapes of ten kinds, 3x32x32, drawn by netc", params, describe,
                                    "nc_shapes", true};
