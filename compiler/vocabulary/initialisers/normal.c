/* torch.nn.init.normal_, xavier_normal_, kaiming_normal_, trunc_normal_, orthogonal_: normal numbers. */
#include <math.h>

#include "vocabulary/initialisers/gains.h"

enum { MEAN, STD, FROM, TO };
enum { GAIN };

static const Param normal_params[] = {
    {"mean", ARG_FLOAT, "0.0", NULL}, {"std", ARG_FLOAT, "1.0", NULL}, GENERATOR("normal_"), {0}};
static const Param xavier_params[] = {{"gain", ARG_FLOAT, "1.0", NULL}, GENERATOR("xavier_normal_"), {0}};
static const Param kaiming_params[] = {KAIMING_PARAMS, GENERATOR("kaiming_normal_"), {0}};
static const Param trunc_params[] = {
    {"mean", ARG_FLOAT, "0.0", NULL}, {"std", ARG_FLOAT, "1.0", NULL}, {"a", ARG_FLOAT, "-2.0", NULL},
    {"b", ARG_FLOAT, "2.0", NULL}, GENERATOR("trunc_normal_"), {0}};
static const Param orthogonal_params[] = {{"gain", ARG_FLOAT, "1", NULL}, GENERATOR("orthogonal_"), {0}};

static bool fill_normal(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)parameter;
    *fill = (Fill){.kind = INIT_NORMAL, .low = args->at[MEAN].f, .high = args->at[STD].f};
    if (fill->high >= 0)
        return true;
    diag_error(diag, args->at[STD].span, "normal_ expects std to be at least 0 but gets %.12g", fill->high);
    return false;
}

static bool fill_xavier(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    double std;
    if (!xavier_deviation(diag, "xavier_normal_", args, parameter, args->at[GAIN].f, &std))
        return false;
    *fill = (Fill){.kind = INIT_NORMAL, .low = 0, .high = std};
    return true;
}

static bool fill_kaiming(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    double std;
    if (!kaiming_deviation(diag, "kaiming_normal_", args, parameter, &std))
        return false;
    *fill = (Fill){.kind = INIT_NORMAL, .low = 0, .high = std};
    return true;
}

/* The share of the draws that are kept: torch draws until all numbers lie between a and b, which may take for ever. */
static double share_kept(const Fill *fill)
{
    double low = (fill->from - fill->low) / fill->high, high = (fill->to - fill->low) / fill->high;
    double inside = (erf(high / sqrt(2)) - erf(low / sqrt(2))) / 2, mode = fmax(low, fmin(0, high));
    if (inside > 0.3)
        return inside;
    return inside * sqrt(2 * M_PI) / exp(-0.5 * mode * mode) / (high - low);
}

static bool fill_trunc(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    (void)parameter;
    *fill = (Fill){.kind = INIT_TRUNC_NORMAL, .low = args->at[MEAN].f, .high = args->at[STD].f,
                   .from = args->at[FROM].f, .to = args->at[TO].f};
    if (!(fill->high > 0))
        diag_error(diag, args->at[STD].span, "trunc_normal_ expects std to be above 0 but gets %.12g", fill->high);
    else if ((float)fill->from >= (float)fill->to)
        diag_error(diag, args->span, "trunc_normal_ expects a to be below b but gets %.12g and %.12g", fill->from,
                   fill->to);
    else if (!(share_kept(fill) > 1e-3))
        diag_error(diag, args->span, "trunc_normal_ finds next to nothing between a and b: they are %.3g and %.3g "
                   "standard deviations from the mean", (fill->from - fill->low) / fill->high,
                   (fill->to - fill->low) / fill->high);
    else
        return true;
    return false;
}

static bool fill_orthogonal(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill)
{
    double in, out;
    *fill = (Fill){.kind = INIT_ORTHOGONAL, .low = args->at[GAIN].f};
    return initialiser_fans(diag, "orthogonal_", args, parameter, &in, &out);
}

const InitialiserKind initialiser_normal = {
    "normal_", "normal numbers", normal_params, fill_normal,
    {.shape = "any shape", .example = "init Linear.weight = normal_(0.0, 0.01)",
     .differs = "the bits are those of torch's x86 builds on a processor with AVX2"}};

const InitialiserKind initialiser_xavier_normal = {
    "xavier_normal_", "Glorot's, normal", xavier_params, fill_xavier,
    {.shape = "two dimensions or more; std = gain*sqrt(2/(fan_in + fan_out))",
     .example = "init Linear.weight = xavier_normal_()"}};

const InitialiserKind initialiser_kaiming_normal = {
    "kaiming_normal_", "He's, normal", kaiming_params, fill_kaiming,
    {.shape = "two dimensions or more; std = gain/sqrt(fan)",
     .example = "init Linear.weight = kaiming_normal_(mode=\"fan_out\", nonlinearity=\"relu\")"}};

const InitialiserKind initialiser_trunc_normal = {
    "trunc_normal_", "normal numbers of an interval", trunc_params, fill_trunc,
    {.shape = "any shape; in [a, b]", .example = "init Linear.weight = trunc_normal_(std=0.02)"}};

const InitialiserKind initialiser_orthogonal = {
    "orthogonal_", "orthogonal rows or columns", orthogonal_params, fill_orthogonal,
    {.shape = "two dimensions or more; all but the first are one", .example = "init Linear.weight = orthogonal_()",
     .differs = "computed in double precision: the last digits are others"}};
