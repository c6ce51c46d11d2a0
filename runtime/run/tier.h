/* tier.h: a run in process begins with the prebuilt kernels and goes on with those that the C compiler makes meanwhile.
 * The two forms of a model have one plan, so they work on the same memory and leave the same bits in it: between two
 * passes one takes the other's place. Who makes the second form is netc itself (compiler/tier.c). */
#ifndef NC_RUN_TIER_H
#define NC_RUN_TIER_H

struct nc_model;
struct nc_run;

struct nc_tier {
    /* The second form, when it is there; NULL: not yet, or, where *wrong has got a text, never. `rest`: for how many
     * seconds the run is estimated to go on, by which it is decided whether making one pays; 0: nothing is known.
     * Called between passes, by one thread. */
    const struct nc_model *(*look)(void *context, double rest, const char **wrong);
    void *context;
    int verbose; /* the change is told on stderr */
};

/* Where the second form comes from, for the program that runs next in this process; NULL: from nowhere. */
void nc_tier_set(const struct nc_tier *tier);

/* Between two passes, of which there are `left` to come like those since the first call: takes the second form if it
 * is there. 0: how many is not known. */
void nc_tier_look(struct nc_run *run, long long left);

#endif
