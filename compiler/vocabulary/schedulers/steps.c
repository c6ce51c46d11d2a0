/* torch.optim.lr_scheduler.StepLR, MultiStepLR, ExponentialLR */
#include "vocabulary/schedulers/schedulers.h"

enum { STEP_SIZE, MILESTONES = 0 };

static const Param step_params[] = {
    {"step_size", ARG_INT, NULL, NULL}, {"gamma", ARG_FLOAT, "0.1", NULL}, LAST_EPOCH("StepLR"), {0}};
static const Param multi_step_params[] = {
    {"milestones", ARG_FLOATS, NULL, NULL}, {"gamma", ARG_FLOAT, "0.1", NULL}, LAST_EPOCH("MultiStepLR"), {0}};
static const Param exponential_params[] = {{"gamma", ARG_FLOAT, NULL, NULL}, LAST_EPOCH("ExponentialLR"), {0}};

static bool check_step(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    return scheduler_check_least(diag, "StepLR", step_params, args, STEP_SIZE, 1);
}

static bool check_multi_step(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    return scheduler_check_milestones(diag, "MultiStepLR", args, MILESTONES);
}

const SchedulerKind scheduler_step = {
    "StepLR", "a factor every few steps", step_params, "nc_step_lr", .check = check_step,
    .help = {.shape = "lr = lr*gamma at each multiple of step_size",
             .example = "scheduler StepLR(step_size=5, gamma=0.5)"}};

const SchedulerKind scheduler_multi_step = {
    "MultiStepLR", "a factor at milestones", multi_step_params, "nc_multi_step_lr", .check = check_multi_step,
    .help = {.shape = "lr = lr*gamma at each milestone", .example = "scheduler MultiStepLR(milestones=[30, 80])"}};

const SchedulerKind scheduler_exponential = {
    "ExponentialLR", "a factor at every step", exponential_params, "nc_exponential_lr",
    .help = {.shape = "lr = lr*gamma at every step", .example = "scheduler ExponentialLR(gamma=0.95)"}};
