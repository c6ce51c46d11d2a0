/* Drawing: nodes in boxes, and arrows between them: what `netc graph` shows. model.c and kernels.c make one, dot.c and
 * svg.c print it. */
#ifndef NETC_DRAW_DRAWING_H
#define NETC_DRAW_DRAWING_H

#include "model/structure.h"
#include "passes/kernel_graph.h"

typedef enum Look {
    LOOK_PLAIN,
    LOOK_DATA,   /* what comes in and what goes out */
    LOOK_LEARNS, /* it has parameters */
    LOOK_JOINS,  /* branches meet in it */
    LOOK_FUSED,  /* several operations in one */
    LOOK_COUNT
} Look;

typedef struct DrawnNode {
    const char *title;
    VEC(const char *) lines; /* below the title */
    Look look;
    int box; /* the innermost one that it is in; -1: none */
} DrawnNode;

typedef struct DrawnBox {
    const char *title;
    int parent; /* a box before it; -1: none */
} DrawnBox;

typedef struct DrawnEdge {
    int from, to;
    const char *label;
} DrawnEdge;

/* Edges lead to nodes further behind, and the nodes of a box follow each other: so there is no circle, not of boxes
 * either. */
typedef struct Drawing {
    const char *title;
    VEC(DrawnNode) nodes;
    VEC(DrawnBox) boxes;
    VEC(DrawnEdge) edges;
} Drawing;

int drawing_add_box(Arena *arena, Drawing *drawing, const char *title, int parent);
int drawing_add_node(Arena *arena, Drawing *drawing, const char *title, Look look, int box);
void drawing_add_edge(Arena *arena, Drawing *drawing, int from, int to, const char *label);

/* Adds a text to a node, cut into lines at its blanks where it is long. */
void drawing_add_text(Arena *arena, Drawing *drawing, int node, const char *text);

/* Adds a model: a node for each layer with its parameters, a box for each of what holds layers, and shapes of a sample
 * along the arrows. box: what it stands in, or -1. */
void draw_model(Arena *arena, Drawing *drawing, const Network *network, int box);

/* Adds kernels: what is computed together, what they hand on, and what the backward pass reads again. */
void draw_kernels(Arena *arena, Drawing *drawing, const KernelGraph *kernels, int box);

/* As Graphviz reads it. */
void drawing_print_dot(Text *out, const Drawing *drawing);

/* As an SVG picture, laid out here: from above to below, branches side by side. Colours follow the reader's scheme. */
void drawing_print_svg(Text *out, const Drawing *drawing);

#endif
