/* torch.nn.init.uniform_, xavier_uniform_, kaiming_uniform_: draws from an interval. */
#include <math.h>

#include "vocabulary/initialisers/gains.h"

enum { A, B };
enum { GAIN };

static const Param uniform_params[] = {
    {"a", ARG_FLOAT, "0.0", NULL}, {"b", ARG_FLOAT, "1.0", NULL}, GENERATOR("uniform_"), {0}};
static const Param xavier_params[] = {{"gain", ARG_FLOAT, "1.0", NULL}, GENERATOR("xavier_uniform_"), {0}};
static const Param kaiming_params[] = {KAIMING_PARAMS, GENERATOR("kaiming_uniform_"), {0}};

static bool fill_uniform(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)parameter;
    *fill = (Fill){.kind = INIT_UNIFORM, .low = args->at[A].f, .high = args->at[B].f};
    if (fill->low <= fill->high && isfinite((float)fill->high - (float)fill->low))
        return true;
    diag_error(diag, args->span, "uniform_ expects an interval from a to b but gets %.12g to %.12g", fill->low,
               fill->high);
    return false;
}

/* Uniform numbers of a standard deviation. */
static Fill around_zero(double std)
{
    double bound = sqrt(3.0) * std;
    return (Fill){.kind = INIT_UNIFORM, .low = -bound, .high = bound};
}

static bool fill_xavier(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    double std;
    if (!xavier_deviation(diag, "xavier_uniform_", args, parameter, args->at[GAIN].f, &std))
        return false;
    *fill = around_zero(std);
    return true;
}

static bool fill_kaiming(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    double std;
    if (!kaiming_deviation(diag, "kaiming_uniform_", args, parameter, &std))
        return false;
    *fill = around_zero(std);
    return true;
}

const InitialiserKind initialiser_uniform = {
    "uniform_", "numbers of an interval", uniform_params, fill_uniform,
    {.shape = "any shape; in [a, b)", .example = "init Linear.weight = uniform_(-0.1, 0.1)"}};

const InitialiserKind initialiser_xavier_uniform = {
    "xavier_uniform_", "Glorot's, uniform", xavier_params, fill_xavier,
    {.shape = "two dimensions or more; in gain*sqrt(6/(fan_in + fan_out)) around 0",
     .example = "init Linear.weight = xavier_uniform_()"}};

const InitialiserKind initialiser_kaiming_uniform = {
    "kaiming_uniform_", "He's, uniform", kaiming_params, fill_kaiming,
    {.shape = "two dimensions or more; in gain*sqrt(3/fan) around 0",
     .example = "init Linear.weight = kaiming_uniform_(nonlinearity=\"relu\")"}};
