/* Shapes: ten kinds of shapes that the runtime draws from a seed; netc's own. */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { TRAIN, TARGET, SIZE, CHANNELS };

/* Smaller ones are blots; runtime/data/shapes.c draws no larger ones. All masks are kept, four bytes a pixel. */
enum { LEAST_SIZE = 16, MOST_SIZE = 256, MOST_MASKED = 64 };

static const Param params[] = {
    {"train", ARG_BOOL, "True", NULL},
    {"target", ARG_STRING, "\"class\"", NULL}, /* or "position", x, y and radius, for a regression; or "mask" */
    {"size", ARG_INT, "32", NULL},
    {"channels", ARG_INT, "3", NULL}, /* or 1: grey */
    {"transform", ARG_STRING, "None", "Shapes has its transforms in braces behind it: Shapes(...) { ToTensor() }"},
    {0},
};

static bool masks(const Args *args)
{
    return !strcmp(args->at[TARGET].s, "mask");
}

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena;
    const char *target = args->at[TARGET].s;
    const int64_t size = args->at[SIZE].i, channels = args->at[CHANNELS].i;
    const int most = masks(args) ? MOST_MASKED : MOST_SIZE;
    if (size < LEAST_SIZE || size > most) {
        diag_error(diag, args->at[SIZE].span, "Shapes expects size from %d to %d%s but gets %" PRId64, LEAST_SIZE,
                   most, masks(args) ? " with masks" : "", size);
        return false;
    }
    if (channels != 1 && channels != 3) {
        diag_error(diag, args->at[CHANNELS].span, "Shapes expects 1 or 3 channels but gets %" PRId64, channels);
        return false;
    }
    *sample = shape_of(3, (int64_t[]){channels, size, size});
    *classes = masks(args) ? 11 : strcmp(target, "class") ? 0 : 10;
    if (*classes || !strcmp(target, "position"))
        return true;
    diag_error(diag, args->at[TARGET].span, "Shapes expects target \"class\", \"position\" or \"mask\" but gets \"%s\"",
               target);
    return false;
}

const DatasetKind dataset_shapes = {
    .name = "Shapes", .summary = "coloured or grey shapes of ten kinds, drawn by netc", .params = params,
    .describe = describe, .runtime = "nc_shapes", .bytes = true, .masks = masks,
    .help = {.shape = "channels,size,size and one of 10 classes, or with target=\"position\" x, y and the radius, or "
                      "with target=\"mask\" a class for each pixel: 0, the ground, or 1 to 10",
             .example = "data train_data = Shapes(train=True, size=28, channels=1) { ToTensor() }", .own = true}};
