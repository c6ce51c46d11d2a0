/* torch.optim.lr_scheduler.SequentialLR, ChainedScheduler: they hold others, which model/schedule.c reads. */
#include "vocabulary/schedulers/schedulers.h"

enum { MILESTONES = 1 };

static const Param sequential_params[] = {
    {"schedulers", ARG_SCHEDULERS, NULL, NULL}, {"milestones", ARG_FLOATS, NULL, NULL}, LAST_EPOCH("SequentialLR"),
    {0}};
static const Param chained_params[] = {{"schedulers", ARG_SCHEDULERS, NULL, NULL}, {0}};

static bool check_sequential(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    const Arg *arg = &args->at[MILESTONES];
    if (!scheduler_check_milestones(diag, "SequentialLR", args, MILESTONES))
        return false;
    for (int i = 0; i < arg->list_count; i++)
        if (arg->list[i] <= (i ? arg->list[i - 1] : 0)) {
            diag_error(diag, arg->span, "SequentialLR expects milestones to rise from above 0");
            return false;
        }
    return true;
}

const SchedulerKind scheduler_sequential = {
    "SequentialLR", "one scheduler after the other", sequential_params, "nc_sequential_lr",
    .check = check_sequential, .several = true,
    .help = {.shape = "the next of the schedulers from each milestone on, from its beginning",
             .example = "scheduler SequentialLR([LinearLR(0.1, total_iters=5), CosineAnnealingLR(T_max=15)], "
                        "milestones=[5])",
             .differs = "its schedulers hold no others"}};

const SchedulerKind scheduler_chained = {
    "ChainedScheduler", "several schedulers at once", chained_params, "nc_chained_scheduler", .several = true,
    .help = {.shape = "every step is one of each, in their order",
             .example = "scheduler ChainedScheduler([ConstantLR(0.1, total_iters=3), ExponentialLR(gamma=0.9)])",
             .differs = "its schedulers hold no others"}};
