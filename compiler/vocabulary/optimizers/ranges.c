/* The ranges of optimizers' arguments: torch checks an argument in the same way wherever it has it. */
#include "vocabulary/optimizers/ranges.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    double low, high;
    bool below; /* `high` itself is too much */
} ranges[] = {
    {"lr", 0, HUGE_VAL, false},           {"betas", 0, 1, true},
    {"weight_decay", 0, HUGE_VAL, false}, {"momentum", 0, HUGE_VAL, false},
    {"alpha", 0, HUGE_VAL, false},        {"rho", 0, 1, false},
    {"lr_decay", 0, HUGE_VAL, false},     {"initial_accumulator_value", 0, HUGE_VAL, false},
    {"momentum_decay", 0, HUGE_VAL, false},
};

static bool check_number(Diag *diag, const char *optimizer, const char *name, Span span, double value)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (strcmp(ranges[i].name, name) != 0)
            continue;
        if (value < ranges[i].low)
            diag_error(diag, span, "%s expects %s to be at least %g but gets %.12g", optimizer, name, ranges[i].low,
                       value);
        else if (value > ranges[i].high || (ranges[i].below && value == ranges[i].high))
            diag_error(diag, span, "%s expects %s to be %s %g but gets %.12g", optimizer, name,
                       ranges[i].below ? "below" : "at most", ranges[i].high, value);
        else
            return true;
        return false;
    }
    return true;
}

bool optimizer_check_ranges(Diag *diag, const char *name, const Param *params, const Args *args)
{
    bool good = true;
    for (int i = 0; params[i].name; i++) {
        const Arg *arg = &args->at[i];
        if (params[i].type == ARG_FLOAT && !params[i].refused)
            good &= check_number(diag, name, params[i].name, arg->span, arg->f);
        for (int k = 0; params[i].type == ARG_NUMBERS && k < arg->list_count; k++)
            good &= check_number(diag, name, params[i].name, arg->span, arg->list[k]);
        if (strcmp(params[i].name, "eps") == 0 && (float)arg->f <= 0) {
            diag_error(diag, arg->span,
                       "%s expects eps to be above 0 but gets %.12g: what has no gradient would become 0/0", name,
                       arg->f);
            good = false;
        }
    }
    return good;
}
