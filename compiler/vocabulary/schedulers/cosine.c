/* torch.optim.lr_scheduler.CosineAnnealingLR, CosineAnnealingWarmRestarts */
#include "vocabulary/schedulers/schedulers.h"

enum { T_MAX };
enum { T_0, T_MULT };

static const Param annealing_params[] = {
    {"T_max", ARG_INT, NULL, NULL}, {"eta_min", ARG_FLOAT, "0.0", NULL}, LAST_EPOCH("CosineAnnealingLR"), {0}};
static const Param restart_params[] = {
    {"T_0", ARG_INT, NULL, NULL}, {"T_mult", ARG_INT, "1", NULL}, {"eta_min", ARG_FLOAT, "0.0", NULL},
    LAST_EPOCH("CosineAnnealingWarmRestarts"), {0}};

static bool check_annealing(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    return scheduler_check_least(diag, "CosineAnnealingLR", annealing_params, args, T_MAX, 1);
}

static bool check_restart(Arena *arena, Diag *diag, Args *args)
{
    (void)arena;
    return scheduler_check_least(diag, "CosineAnnealingWarmRestarts", restart_params, args, T_0, 1) &
           scheduler_check_least(diag, "CosineAnnealingWarmRestarts", restart_params, args, T_MULT, 1);
}

const SchedulerKind scheduler_cosine_annealing = {
    "CosineAnnealingLR", "half a cosine down, and up again", annealing_params, "nc_cosine_annealing_lr",
    .check = check_annealing,
    .help = {.shape = "lr = eta_min + (lr0 - eta_min)*(1 + cos(pi*t/T_max))/2",
             .example = "scheduler CosineAnnealingLR(T_max=20)"}};

const SchedulerKind scheduler_cosine_annealing_warm_restarts = {
    "CosineAnnealingWarmRestarts", "half a cosine down, again and again", restart_params,
    "nc_cosine_annealing_warm_restarts", .check = check_restart,
    .help = {.shape = "CosineAnnealingLR from the beginning after T_0 steps, T_0*T_mult more, ...",
             .example = "scheduler CosineAnnealingWarmRestarts(T_0=10, T_mult=2)"}};
