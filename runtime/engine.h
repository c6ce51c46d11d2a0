/* engine.h: the processes that share a run, which are called ranks as MPI calls them, and the engine that carries what
 * they tell each other. mpi.c is such an engine. netc compiles it where it builds a trainer, with the MPI that is
 * there, so it knows nothing of the runtime but this file. */
#ifndef NETC_ENGINE_H
#define NETC_ENGINE_H

struct nc_run;

/* All ranks make the same calls in the same order, from their main threads. An engine ends the program, and with it
 * the other ranks, when a call fails. */
struct nc_engine {
    const char *name;                        /* for messages: "MPICH 4.0.2" */
    void (*begin)(int *rank, int *count);    /* this process's number, from 0, and how many there are */
    void (*gather)(void *memory, const long long *at); /* rank r has the bytes from at[r] to at[r + 1]; all get all */
    void (*give)(void *memory, long long bytes);       /* all get those of rank 0 */

    /* Begin to carry bytes to or from one rank, in the order of the calls, and return a number for `wait`, which ends
     * it. The memory must be left alone until then. */
    int (*send)(int to, const void *memory, long long bytes);
    int (*receive)(int from, void *memory, long long bytes);
    void (*wait)(int number);

    void (*end)(void); /* in good order; a process that exits without it ends the others */
};

extern const struct nc_engine nc_mpi;

/* The run is shared by the processes of this engine. */
void nc_ranks(struct nc_run *run, const struct nc_engine *engine);

#endif
