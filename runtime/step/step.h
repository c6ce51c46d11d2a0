/* step.h: a training step, and the scores of those that were made. */
#ifndef NETC_RUNTIME_STEP_H
#define NETC_RUNTIME_STEP_H

#include "core.h"

/* The memory of a training step, taken once. */
struct nc_step {
    struct nc_pass pass;     /* the batch under way */
    struct nc_sum *sum;      /* step/sum.h; NULL: there is one process */
    unsigned char **dropout; /* per dropout layer, nc_dropout_draws of the batch */
    struct nc_score score;   /* of the CPU's last step, until it is asked for */
    int scored;
};

/* The memory that passes take on the CPU, unless it is there already; how many bytes are there; and gives it back. */
void nc_plan_prepare(struct nc_run *run);
long long nc_plan_bytes(const struct nc_run *run);
void nc_plan_free(struct nc_run *run);

void nc_step_prepare(struct nc_run *run);
void nc_step_free(struct nc_run *run);

/* Forward and backward of one batch; then, unless the loss is not finite, the update. A device may only have begun with
 * it. */
void nc_step(struct nc_run *run, long long batch);

/* How many more steps may be made before the scores are asked for; on the CPU none. */
int nc_step_room(const struct nc_run *run);

/* That of the first step that has not been asked for; 0: there is none. A device is waited for. Where the loss is not
 * finite, run->step->pass is this step's, and nothing has been learned since. */
int nc_step_score(struct nc_run *run, struct nc_score *score);

/* The same without the update: gathers the batch and draws its masks; the shards' gradients stand in run->gradients,
 * the others in pass.whole. */
struct nc_score nc_step_gradients(struct nc_run *run, long long batch);

/* Forward alone, of the batch gathered last with the masks drawn for it. */
struct nc_score nc_step_forward(struct nc_run *run);

#endif
