/* torch.optim.lr_scheduler.OneCycleLR, CyclicLR */
#include "vocabulary/schedulers/schedulers.h"

enum { TOTAL_STEPS = 1, EPOCHS, STEPS_PER_EPOCH, PCT_START, ANNEAL, CYCLE_MOMENTUM, DIV_FACTOR = 9, FINAL_DIV_FACTOR };
enum { STEP_SIZE_UP = 2, STEP_SIZE_DOWN, MODE, CYCLIC_MOMENTUM = 8 };

static const Param one_cycle_params[] = {
    {"max_lr", ARG_FLOAT, NULL, NULL},
    {"total_steps", ARG_INT, "None", NULL},
    {"epochs", ARG_SIZE, "None", NULL},
    {"steps_per_epoch", ARG_SIZE, "None", NULL},
    {"pct_start", ARG_FLOAT, "0.3", NULL},
    {"anneal_strategy", ARG_STRING, "\"cos\"", NULL},
    {"cycle_momentum", ARG_BOOL, "True", NULL},
    {"base_momentum", ARG_FLOAT, "0.85", NULL},
    {"max_momentum", ARG_FLOAT, "0.95", NULL},
    {"div_factor", ARG_FLOAT, "25.0", NULL},
    {"final_div_factor", ARG_FLOAT, "1e4", NULL},
    {"three_phase", ARG_BOOL, "False", NULL},
    LAST_EPOCH("OneCycleLR"),
    {0},
};

static const Param cyclic_params[] = {
    {"base_lr", ARG_FLOAT, NULL, NULL},
    {"max_lr", ARG_FLOAT, NULL, NULL},
    {"step_size_up", ARG_INT, "2000", NULL},
    {"step_size_down", ARG_INT, "None", NULL},
    {"mode", ARG_STRING, "\"triangular\"", NULL},
    {"gamma", ARG_FLOAT, "1.0", NULL},
    {"scale_fn", ARG_STRING, "None", "CyclicLR takes no function of Python's: 'mode' has three of its own"},
    {"scale_mode", ARG_STRING, "\"cycle\"", "CyclicLR has a scale_mode only for a scale_fn: leave it out"},
    {"cycle_momentum", ARG_BOOL, "True", NULL},
    {"base_momentum", ARG_FLOAT, "0.8", NULL},
    {"max_momentum", ARG_FLOAT, "0.9", NULL},
    LAST_EPOCH("CyclicLR"),
    {0},
};

/* `_` is what the run has: -1 to the runtime. */
static bool check_one_cycle(Arena *arena, Diag *diag, Args *args)
{
    static const char *const strategies[] = {"cos", "linear", NULL};
    const char *name = "OneCycleLR";
    Arg *arg = args->at;
    bool good = scheduler_check_range(diag, name, one_cycle_params, args, PCT_START, 0, 1) &
                scheduler_check_word(arena, diag, name, one_cycle_params, args, ANNEAL, strategies) &
                scheduler_check_range(diag, name, one_cycle_params, args, DIV_FACTOR, 1e-30, 1e30) &
                scheduler_check_range(diag, name, one_cycle_params, args, FINAL_DIV_FACTOR, 1e-30, 1e30);
    for (int place = TOTAL_STEPS; place <= STEPS_PER_EPOCH; place++)
        good &= scheduler_check_least(diag, name, one_cycle_params, args, place, 1);
    if (arg[TOTAL_STEPS].none && (arg[EPOCHS].none || arg[STEPS_PER_EPOCH].none)) {
        diag_error(diag, args->span, "OneCycleLR lacks its number of steps: total_steps, or epochs and "
                   "steps_per_epoch (_ is what the run has)");
        good = false;
    }
    for (int place = EPOCHS; place <= STEPS_PER_EPOCH; place++)
        if (arg[place].inferred)
            arg[place].i = -1;
    return good;
}

static bool check_cyclic(Arena *arena, Diag *diag, Args *args)
{
    static const char *const modes[] = {"triangular", "triangular2", "exp_range", NULL};
    return scheduler_check_least(diag, "CyclicLR", cyclic_params, args, STEP_SIZE_UP, 1) &
           scheduler_check_least(diag, "CyclicLR", cyclic_params, args, STEP_SIZE_DOWN, 1) &
           scheduler_check_word(arena, diag, "CyclicLR", cyclic_params, args, MODE, modes);
}

const SchedulerKind scheduler_one_cycle = {
    "OneCycleLR", "up to a high rate and down to a low one, once", one_cycle_params, "nc_one_cycle_lr",
    .check = check_one_cycle, .cycles = CYCLE_MOMENTUM,
    .help = {.shape = "lr from max_lr/div_factor to max_lr in pct_start of the steps, then to "
                      "max_lr/div_factor/final_div_factor; the momentum, or the first beta, the other way",
             .example = "scheduler OneCycleLR(max_lr=0.1, epochs=_, steps_per_epoch=_), every=batch",
             .differs = "max_lr and the momenta are one number for all parts; a run of more steps than the cycle "
                        "has is refused before its first one"}};

const SchedulerKind scheduler_cyclic = {
    "CyclicLR", "up and down between two rates", cyclic_params, "nc_cyclic_lr", .check = check_cyclic,
    .cycles = CYCLIC_MOMENTUM,
    .help = {.shape = "lr from base_lr to max_lr in step_size_up steps, back in step_size_down, and again",
             .example = "scheduler CyclicLR(base_lr=0.001, max_lr=0.1, step_size_up=500), every=batch",
             .differs = "base_lr, max_lr and the momenta are one number for all parts"}};
