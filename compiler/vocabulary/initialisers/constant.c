/* torch.nn.init.constant_, zeros_, ones_, eye_, dirac_, and dirac_ of the first outputs: nothing is drawn. */
#include <inttypes.h>

#include "vocabulary/initialisers/initialisers.h"

static const Param constant_params[] = {{"val", ARG_FLOAT, NULL, NULL}, {0}};
static const Param no_params[] = {{0}};
static const Param dirac_params[] = {{"groups", ARG_INT, "1", NULL}, {0}};

static bool fill_constant(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)diag;
    (void)parameter;
    *fill = (Fill){.kind = INIT_CONSTANT, .low = args->at[0].f};
    return true;
}

static bool fill_zeros(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)diag;
    (void)args;
    (void)parameter;
    *fill = (Fill){.kind = INIT_CONSTANT, .low = 0};
    return true;
}

static bool fill_ones(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)diag;
    (void)args;
    (void)parameter;
    *fill = (Fill){.kind = INIT_CONSTANT, .low = 1};
    return true;
}

static bool fill_eye(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    *fill = (Fill){.kind = INIT_EYE};
    if (parameter->shape.rank == 2)
        return true;
    diag_error(diag, args->span, "eye_ expects a parameter of 2 dimensions, but '%s' has %d", parameter->name,
               parameter->shape.rank);
    return false;
}

/* False after reporting a parameter that is no convolution's weight. */
static bool is_window(Diag *diag, const char *name, const Args *args, const Parameter *parameter)
{
    if (parameter->shape.rank >= 3 && parameter->shape.rank <= 5)
        return true;
    diag_error(diag, args->span, "%s expects a parameter of 3, 4 or 5 dimensions, but '%s' has %d", name,
               parameter->name, parameter->shape.rank);
    return false;
}

static bool fill_dirac(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    const Arg *groups = &args->at[0];
    *fill = (Fill){.kind = INIT_DIRAC, .low = (double)groups->i};
    if (!is_window(diag, "dirac_", args, parameter))
        return false;
    if (groups->i < 1)
        diag_error(diag, groups->span, "dirac_ expects groups to be at least 1 but gets %" PRId64, groups->i);
    else if (parameter->shape.dim[0] % groups->i)
        diag_error(diag, groups->span,
                   "dirac_ expects groups to divide the %" PRId64 " outputs of '%s' but gets %" PRId64,
                   parameter->shape.dim[0], parameter->name, groups->i);
    else
        return true;
    return false;
}

static bool fill_partial_dirac(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    *fill = (Fill){.kind = INIT_PARTIAL_DIRAC};
    return is_window(diag, "partial_dirac_", args, parameter);
}

const InitialiserKind initialiser_constant = {
    "constant_", "one value", constant_params, fill_constant,
    {.shape = "any shape", .example = "init Linear.bias = constant_(0.1)"}};

const InitialiserKind initialiser_zeros = {
    "zeros_", "zeros", no_params, fill_zeros, {.shape = "any shape", .example = "init bias = zeros_()"}};

const InitialiserKind initialiser_ones = {
    "ones_", "ones", no_params, fill_ones, {.shape = "any shape", .example = "init Linear.bias = ones_()"}};

const InitialiserKind initialiser_eye = {
    "eye_", "the identity", no_params, fill_eye, {.shape = "two dimensions", .example = "init Linear.weight = eye_()"}};

const InitialiserKind initialiser_dirac = {
    "dirac_", "the identity of a convolution", dirac_params, fill_dirac,
    {.shape = "three to five dimensions", .example = "init Conv2d.weight = dirac_()"}};

const InitialiserKind initialiser_partial_dirac = {
    "partial_dirac_",
    "torch's dirac_(w[:w.size(1)]): the identity in the first outputs of a convolution, as many as it has inputs; the "
    "others stay as they were (arXiv:2404.00498)",
    no_params, fill_partial_dirac,
    {.shape = "three to five dimensions", .example = "init Conv2d.weight = partial_dirac_()", .own = true}};
