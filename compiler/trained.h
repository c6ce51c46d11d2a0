/* Trained: the parameters of a model out of a file, by the runtime's own loading: what `predict` takes, with the same
 * words for what does not fit. */
#ifndef NETC_TRAINED_H
#define NETC_TRAINED_H

#include "model/model.h"

/* Where they come from, as the command line has it. */
typedef struct TrainedFrom {
    const char *command;      /* "export", for messages */
    const char *load, *prefix; /* of --load and --prefix; NULL: the best or the newest file that the run saved */
} TrainedFrom;

/* Whether there are any: --load names a file, or the run has saved one. */
bool trained_is_there(Arena *arena, const Network *network, const Train *train, const TrainedFrom *from);

/* Loads the parameters of run->model, whose table says where they go in run->weights. The rest of *run is set here; it
 * says which file they came from. Ends the program where they can't be had. */
struct nc_run;
void trained_load(Arena *arena, struct nc_run *run, const Train *train, const TrainedFrom *from);

/* The same for a network without a table: values[i] is network->parameters.at[i], its elements in torch's order; a
 * count is a whole number of 8 bytes. */
const float *const *trained_parameters(Arena *arena, const Network *network, const Train *train,
                                       const TrainedFrom *from);

/* Writes such parameters to a file, in the form that its name says. Ends the program where that fails. */
void trained_save(Arena *arena, const Network *network, const float *const *values, const char *path);

#endif
