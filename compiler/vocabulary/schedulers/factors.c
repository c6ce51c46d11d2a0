/* torch.optim.lr_scheduler.ConstantLR, LinearLR, PolynomialLR */
#include "vocabulary/schedulers/schedulers.h"

enum { FACTOR, CONSTANT_ITERS };
enum { START_FACTOR, END_FACTOR, LINEAR_ITERS };
enum { POLYNOMIAL_ITERS };

static const Param constant_params[] = {
    {"factor", ARG_FLOAT, "0.3333333333333333", NULL}, {"total_iters", ARG_INT, "5", NULL}, LAST_EPOCH("ConstantLR"),
    {0}};
static const Param linear_params[] = {
    {"start_factor", ARG_FLOAT, "0.3333333333333333", NULL}, {"end_factor", ARG_FLOAT, "1.0", NULL},
    {"total_iters", ARG_INT, "5", NULL}, LAST_EPOCH("LinearLR"), {0}};
static const Param polynomial_params[] = {
    {"total_iters", ARG_INT, "5", NULL}, {"power", ARG_FLOAT, "1.0", NULL}, LAST_EPOCH("PolynomialLR"), {0}};

static bool check_constant(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    bool good = scheduler_check_range(diag, "ConstantLR", constant_params, args, FACTOR, 0, 1);
    if (good && args->at[FACTOR].f == 0) {
        diag_error(diag, args->at[FACTOR].span,
                   "ConstantLR expects factor to be above 0: torch divides by it at the end");
        good = false;
    }
    return good & scheduler_check_least(diag, "ConstantLR", constant_params, args, CONSTANT_ITERS, 0);
}

static bool check_linear(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    bool good = scheduler_check_range(diag, "LinearLR", linear_params, args, START_FACTOR, 0, 1);
    if (good && args->at[START_FACTOR].f == 0) {
        diag_error(diag, args->at[START_FACTOR].span, "LinearLR expects start_factor to be above 0");
        good = false;
    }
    good &= scheduler_check_range(diag, "LinearLR", linear_params, args, END_FACTOR, 0, 1);
    return good & scheduler_check_least(diag, "LinearLR", linear_params, args, LINEAR_ITERS, 1);
}

static bool check_polynomial(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    return scheduler_check_least(diag, "PolynomialLR", polynomial_params, args, POLYNOMIAL_ITERS, 1);
}

const SchedulerKind scheduler_constant = {
    "ConstantLR", "a share of the rate for a while", constant_params, "nc_constant_lr", .check = check_constant,
    .help = {.shape = "lr = lr0*factor until step total_iters, then lr0",
             .example = "scheduler ConstantLR(factor=0.1, total_iters=5)"}};

const SchedulerKind scheduler_linear = {
    "LinearLR", "a share of the rate that grows or falls: a warm-up", linear_params, "nc_linear_lr",
    .check = check_linear,
    .help = {.shape = "lr from lr0*start_factor to lr0*end_factor in total_iters steps",
             .example = "scheduler LinearLR(start_factor=0.1, total_iters=100), every=batch"}};

const SchedulerKind scheduler_polynomial = {
    "PolynomialLR", "down to 0 along a polynomial", polynomial_params, "nc_polynomial_lr", .check = check_polynomial,
    .help = {.shape = "lr = lr0*(1 - t/total_iters)^power until step total_iters",
             .example = "scheduler PolynomialLR(total_iters=20, power=2.0)"}};
