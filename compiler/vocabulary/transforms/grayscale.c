/* torchvision.transforms.Grayscale and RandomGrayscale */
#include <inttypes.h>

#include "vocabulary/transforms/pictures.h"

enum { OUTPUT_CHANNELS };
enum { P };

static const Param params[] = {{"num_output_channels", ARG_INT, "1", NULL}, {0}};
static const Param random_params[] = {{"p", ARG_FLOAT, "0.1", NULL}, {0}};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    const Arg *channels = &args->at[OUTPUT_CHANNELS];
    (void)arena;
    if (channels->i != 1 && channels->i != 3) {
        diag_error(diag, channels->span, "Grayscale expects num_output_channels to be 1 or 3 but gets %" PRId64,
                   channels->i);
        return false;
    }
    *out = in;
    out->dim[CHANNELS] = channels->i;
    return true;
}

static bool check_random(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena;
    *out = in;
    return picture_probability(diag, "RandomGrayscale", &args->at[P]);
}

const TransformKind transform_grayscale = {
    .name = "Grayscale", .summary = "the colours' brightness, ITU-R 601-2", .params = params,
    .check = check, .runtime = "nc_grayscale", .stage = STAGE_PICTURE,
    .help = {.shape = "C,H,W -> 1,H,W or 3,H,W", .example = "Grayscale(num_output_channels=3)"}};

const TransformKind transform_random_grayscale = {
    .name = "RandomGrayscale", .summary = "grey, in as many channels, with probability p", .params = random_params,
    .check = check_random, .runtime = "nc_random_grayscale", .stage = STAGE_PICTURE,
    .chance = true,
    .help = {.shape = "C,H,W -> the same", .example = "RandomGrayscale(p=0.2)"}};
