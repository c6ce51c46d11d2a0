/* Structure: a model as what is told and drawn of it: the parts that samples go through, and the groups they are in.
 * `netc summary`, `netc graph` and the graph that a log writes all read it. */
#ifndef NETC_MODEL_STRUCTURE_H
#define NETC_MODEL_STRUCTURE_H

#include "model/model.h"

/* The input, a layer, or the output. */
typedef struct Part {
    const Layer *layer;  /* NULL: it is the input or the output */
    const char *title;   /* "Conv2d", "input" */
    Shape shape;         /* of what it gives of a sample */
    VEC(int) inputs;     /* the parts whose results it takes */
    int group;           /* the innermost one that it is in; -1: none */
} Part;

/* Parts that a module of the model holds. They follow each other, and groups are nested. */
typedef struct Group {
    const Module *module;
    int parent;      /* the group around it; -1: none. It stands before it */
    int first, last; /* its first part, and the one behind its last */
} Group;

typedef struct Structure {
    const Network *network;
    VEC(Part) parts; /* the input first, then the layers in the order in which they are applied, the output last */
    VEC(Group) groups;
} Structure;

Structure network_structure(Arena *arena, const Network *network);

/* How many numbers a layer learns, frozen ones too. */
int64_t layer_parameters(const Layer *layer);

#endif
