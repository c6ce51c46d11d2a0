/* Layout: where the nodes, boxes and edges of a drawing stand. Each box is laid out by itself, in layers from above to
 * below (layers.c), and is then one item of the box around it. */
#ifndef NETC_DRAW_LAYOUT_H
#define NETC_DRAW_LAYOUT_H

#include "draw/drawing.h"

typedef struct Point {
    double x, y;
} Point;

typedef VEC(Point) Points;

typedef struct Rect {
    double x, y, width, height;
} Rect;

/* ---- One box (layers.c) ------------------------------------------------------------------------------------------ */

typedef enum ItemKind {
    ITEM_ENTRY, /* where a value comes in, above all others */
    ITEM_NODE,
    ITEM_BOX,
    ITEM_EXIT,  /* where a value goes out, below all others */
    ITEM_BEND,  /* of a link that passes a layer */
} ItemKind;

typedef struct Item {
    ItemKind kind;
    int id;     /* of the node or the box; of the node whose value comes in or goes out */
    Rect place; /* its size is given */
    int layer;
} Item;

/* A value on its way from one item to another. */
typedef struct Link {
    int from, to;            /* items; the first one stands before the second one */
    double from_at, to_at;   /* where it leaves and reaches them, from their left edge */
    int value;               /* the node that makes it */
    int first_bend, bends;   /* items */
    Points points;
} Link;

typedef struct Level {
    VEC(Item) items;
    VEC(Link) links;
    double width, height;
} Level;

/* Places the items, and sets the points of the links. */
void level_place(Arena *arena, Level *level);

/* ---- The whole (layout.c) ---------------------------------------------------------------------------------------- */

typedef struct Layout {
    double width, height;
    Rect *node, *box; /* a box without nodes has no size */
    Points *edge;
} Layout;

Layout drawing_layout(Arena *arena, const Drawing *drawing);

/* How large a text of `size` pixels is taken to be: the reader's font is not known here. */
double text_width(const char *text, double size);

/* Sizes of texts, and of what surrounds them, in pixels. */
enum { TITLE_SIZE = 12, LINE_SIZE = 10, LINE_STEP = 13, LABEL_SIZE = 10, BOX_HEAD = 22, BOX_PAD = 14 };

#endif
