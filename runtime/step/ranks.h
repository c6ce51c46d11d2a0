/* ranks.h: a run that several processes share (engine.h). All of these do nothing where there is one. */
#ifndef NC_STEP_RANKS_H
#define NC_STEP_RANKS_H

#include "core.h"

int nc_is_shared(const struct nc_run *run); /* whether there are several */

/* The engine begins, and run->rank is known. Ends the program where other processes were started but are unknown. */
void nc_ranks_begin(struct nc_run *run);

/* How many of this machine's cores are this process's; 0: all, as far as that is known. */
int nc_ranks_cores(const struct nc_run *run);

/* Memory for passes of so many microbatches; whether all ranks have the same data and parameters, without which the
 * program ends; the end. */
void nc_ranks_prepare(struct nc_run *run, int microbatches);
void nc_ranks_check(struct nc_run *run);
void nc_ranks_end(struct nc_run *run);

/* All get these bytes of rank 0. */
void nc_ranks_give(struct nc_run *run, void *memory, long long bytes);

/* The first of so many tasks that a rank takes: the next rank's one is its end. */
int nc_ranks_first(const struct nc_run *run, int tasks, int rank);

/* All get those bytes of each sample that its rank has. */
void nc_ranks_gather_samples(const struct nc_pass *pass, void *memory, long long bytes);

/* The losses of a pass go to all: `first` is each rank's first microbatch, and first[run->ranks] their number. So
 * does a signal that a rank was sent. From then on all ranks know of it: nc_ranks_signal; 0: there was none. */
void nc_ranks_losses(struct nc_run *run, const int *first, double *loss, long long *correct);
int nc_ranks_signal(const struct nc_run *run);

#endif
