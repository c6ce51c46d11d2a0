/* whitening_: a convolution begins as what whitens the patches of the training data, as in the CIFAR-10 speed runs. */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/initialisers/initialisers.h"

enum { EPS, SAMPLES };
enum { MOST_NUMBERS = 256 }; /* of a patch: the time goes by their square */

static const Param params[] = {{"eps", ARG_FLOAT, "5e-4", NULL}, {"samples", ARG_INT, "5000", NULL}, {0}};

static bool has_gaps(const Layer *layer)
{
    const int place = signature_find(layer->kind->params, "dilation");
    return place >= 0 && (layer->args.at[place].pair[0] != 1 || layer->args.at[place].pair[1] != 1);
}

/* Whether the parameter is the weight of a convolution that sees the model's input. False after reporting. */
static bool sees_data(Diag *diag, const Args *args, const Parameter *parameter)
{
    const Layer *layer = parameter->layer;
    const bool weight = parameter->shape.rank == 4 && strcmp(layer->kind->name, "Conv2d") == 0;
    if (!weight)
        diag_error(diag, args->span, "whitening_ expects the weight of a Conv2d, but '%s' is none", parameter->name);
    else if (layer->inputs.at[0].from)
        diag_error(diag, args->span,
                   "whitening_ expects a layer that takes the model's input, whose patches it whitens, but %s comes "
                   "behind another one", layer->path);
    else if (layer_in(layer).dim[0] != parameter->shape.dim[1] || has_gaps(layer))
        diag_error(diag, args->span,
                   "whitening_ expects a convolution over whole patches, without groups or dilation, but %s has some",
                   layer->path);
    else
        return true;
    return false;
}

static bool fill_whitening(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    const Arg *eps = &args->at[EPS], *samples = &args->at[SAMPLES];
    *fill = (Fill){.kind = INIT_WHITENING, .low = eps->f, .high = (double)samples->i};
    if (!sees_data(diag, args, parameter))
        return false;
    const Shape shape = parameter->shape;
    const int64_t outputs = shape.dim[0], numbers = shape_count(shape) / outputs;
    if (outputs % 2 || outputs > 2 * numbers)
        diag_error(diag, args->span,
                   "whitening_ makes pairs of outputs, a direction and its opposite: '%s' expects an even number of "
                   "outputs, at most %" PRId64 " = 2 * %" PRId64 ", but has %" PRId64, parameter->name, 2 * numbers,
                   numbers, outputs);
    else if (numbers > MOST_NUMBERS)
        diag_error(diag, args->span, "whitening_ takes patches of at most %d numbers, but those of '%s' have %" PRId64,
                   MOST_NUMBERS, parameter->name, numbers);
    else if (!(eps->f > 0))
        diag_error(diag, eps->span, "whitening_ expects eps to be above 0 but gets %.12g", eps->f);
    else if (samples->i < 1 || samples->i > INT32_MAX)
        diag_error(diag, samples->span, "whitening_ expects samples to be at least 1 but gets %" PRId64, samples->i);
    else
        return true;
    return false;
}

const InitialiserKind initialiser_whitening = {
    "whitening_",
    "what whitens the patches of the first so many training samples: a patch's principal directions, each divided by "
    "the root of its mean square plus eps, the largest first; then their opposites (arXiv:2404.00498)",
    params, fill_whitening,
    {.shape = "the weight of a Conv2d that takes the model's input, of an even number of outputs: at most twice the "
              "numbers of a patch",
     .example = "init 0.weight = whitening_(samples=1000)", .own = true}};
