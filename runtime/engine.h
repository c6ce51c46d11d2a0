/* engine.h: the processes that share a run, which are called ranks as MPI calls them, and the engine that carries what
 * they tell each other. mpi.c is such an engine. netc compiles it where it builds a trainer, with the MPI that is
 * there, so it knows nothing of the runtime but this file. */
#ifndef NETC_ENGINE_H
#define NETC_ENGINE_H

struct nc_run;

/* Of each sample `rows` rows of `cols` columns of `bytes` bytes; samples are `step` bytes apart. */
struct nc_form {
    long long rows, row_step, cols, col_step, bytes, step;
};

/* All ranks make the same calls in the same order, from their main threads. An engine ends the program, and with it
 * the other ranks, when a call fails. */
struct nc_engine {
    const char *name;                        /* for messages: "MPICH 4.0.2" */
    void (*begin)(int *rank, int *count);    /* this process's number, from 0, and how many there are */
    int (*cores)(void);                      /* of this machine that this process has for itself; 0: unknown */
    void (*give)(void *memory, long long bytes); /* all get those of rank 0 */

    /* Begin to carry bytes, in the order of the calls, and return a number for `wait`, which ends it. Until then the
     * bytes that are sent must not change, and those to come are nobody's. */
    int (*gather)(void *memory, const long long *at); /* rank r has the bytes from at[r] to at[r + 1]; all get all */
    int (*gather_samples)(void *memory, const long long *at, const struct nc_form *form); /* the same, of samples */
    /* Rank r gets of all samples what forms[r] says, from from[r] bytes on; 0 bytes: nothing. */
    int (*spread_samples)(void *memory, const long long *at, const long long *from, const struct nc_form *forms);
    int (*send)(int to, const void *memory, long long bytes);
    int (*receive)(int from, void *memory, long long bytes);
    void (*wait)(int number);
    int (*done)(int number); /* ends it where it would not have to wait, and says so */

    void (*go_on)(void); /* lets what is under way go on: nothing else does where nobody waits */

    void (*end)(void); /* in good order; a process that exits without it ends the others */
};

extern const struct nc_engine nc_mpi;

/* The run is shared by the processes of this engine. */
void nc_ranks(struct nc_run *run, const struct nc_engine *engine);

#endif
