/* How kernels' C functions are printed, and the bodies that several of them share. */
#ifndef NETC_TARGETS_CPU_EMIT_BODIES_H
#define NETC_TARGETS_CPU_EMIT_BODIES_H

#include "targets/cpu/emit/frame.h"

/* The function of a kernel. */
typedef struct Function {
    const Kernel *kernel;
    const char *own;                  /* its statements, with numbers; "" for libtcc */
    const char *name[MAX_PARAMETERS]; /* of its parameters */
    bool reads[MAX_PARAMETERS];       /* the parameters that it has; the others nothing would read */
    struct Body *body;                /* NULL: it shares none */
} Function;

/* What functions share that differ in sizes alone. */
typedef struct Body {
    Family family;
    int number;                       /* among its family's, from 1 on */
    const char *key;                  /* its statements with names for all sizes */
    const char *text;                 /* with names for those that differ */
    const char *name[MAX_PARAMETERS]; /* of its parameters */
    bool reads[MAX_PARAMETERS];       /* the parameters that it has */
    bool named[MAX_DIMS];             /* the sizes that it has */
    VEC(Function *) of;
    bool printed;
} Body;

/* Finds out how each kernel's function is printed: Kernel.printed, and f->bodies. */
void share_bodies(Frame *f);

/* The dimension that is a function's parameter `count`; -1: it has none. */
int counted_dim(const Kernel *kernel);

/* "const float *x, float *y": of a family's parameters those that are read. */
const char *parameter_list(Arena *arena, const FamilyInfo *info, const bool *reads, const char *const *name);

#endif
