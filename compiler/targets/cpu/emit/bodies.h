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
    const char *macro;                /* that defines it by its sizes, as it does others; NULL: none */
    bool first;                       /* of those that the macro defines */
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

/* "x, w, 0, y": what a function hands on of its parameters; taken[]: those that are taken; NULL: all. */
const char *handed_on(Arena *arena, const Function *function, const bool *taken);

/* "any_conv", "any_conv_2": the family's name and the body's number, where it is not the first, in other words. */
const char *body_name(Arena *arena, const Body *body, const char *before, const char *behind);

#endif
