/* The items of a box in layers: a layer for each step from the entries on, an order within it that crosses few links,
 * and places that keep links straight. */
#include <stdlib.h>

#include "draw/layout.h"

enum { ITEM_GAP = 26, BEND_GAP = 14, LAYER_GAP = 34, PORT_GAP = 16 };
enum { ORDER_SWEEPS = 6, PLACE_SWEEPS = 8, BEND_WEIGHT = 4 };

/* A link, or a piece of one, from a layer to the next. */
typedef struct Piece {
    int from, to;
    double from_at, to_at;
} Piece;

typedef VEC(int) Row; /* items of a layer, from left to right */

typedef struct Sheet {
    Arena *arena;
    Level *level;
    VEC(Piece) pieces;
    VEC(int) *above, *below; /* pieces of an item */
    Row *rows;
    int row_count;
    double *rank, *wish, *weight; /* of an item */
} Sheet;

/* ---- Layers ------------------------------------------------------------------------------------------------------ */

/* Items stand behind all that they take something from. */
static int find_layers(Level *level)
{
    int last = 0;
    bool entries = false;
    for (int i = 0; i < level->items.count; i++) {
        Item *item = &level->items.at[i];
        entries = entries || item->kind == ITEM_ENTRY;
        item->layer = item->kind != ITEM_ENTRY && entries;
        for (int k = 0; k < level->links.count; k++) {
            const Link *link = &level->links.at[k];
            if (link->to == i && level->items.at[link->from].layer >= item->layer)
                item->layer = level->items.at[link->from].layer + 1;
        }
        last = item->layer > last ? item->layer : last;
    }
    for (int i = 0; i < level->items.count; i++)
        if (level->items.at[i].kind == ITEM_EXIT)
            level->items.at[i].layer = last;
    return last + 1;
}

static void add_piece(Sheet *s, int from, double from_at, int to, double to_at)
{
    vec_push(s->arena, s->pieces, ((Piece){from, to, from_at, to_at}));
}

/* Cuts links into pieces, with a bend in each layer that they pass. */
static void cut_links(Sheet *s)
{
    Level *level = s->level;
    for (int i = 0; i < level->links.count; i++) {
        Link *link = &level->links.at[i];
        int before = link->from;
        double before_at = link->from_at;
        link->first_bend = level->items.count;
        for (int layer = level->items.at[link->from].layer + 1; layer < level->items.at[link->to].layer; layer++) {
            const int bend = level->items.count;
            vec_push(s->arena, level->items, ((Item){.kind = ITEM_BEND, .layer = layer}));
            add_piece(s, before, before_at, bend, 0);
            before = bend;
            before_at = 0;
            link->bends++;
        }
        add_piece(s, before, before_at, link->to, link->to_at);
    }
}

static void connect(Sheet *s)
{
    const int count = s->level->items.count;
    s->above = arena_alloc(s->arena, (size_t)count * sizeof *s->above);
    s->below = arena_alloc(s->arena, (size_t)count * sizeof *s->below);
    s->rank = arena_alloc(s->arena, (size_t)count * sizeof *s->rank);
    s->wish = arena_alloc(s->arena, (size_t)count * sizeof *s->wish);
    s->weight = arena_alloc(s->arena, (size_t)count * sizeof *s->weight);
    s->rows = arena_alloc(s->arena, (size_t)s->row_count * sizeof *s->rows);
    for (int i = 0; i < s->pieces.count; i++) {
        vec_push(s->arena, s->above[s->pieces.at[i].to], i);
        vec_push(s->arena, s->below[s->pieces.at[i].from], i);
    }
}

/* ---- Order ------------------------------------------------------------------------------------------------------- */

/* Items in the order in which they are met from the left-most entry on, depth first: branches stand side by side as the
 * file has them. */
static void visit(Sheet *s, int item, bool *met)
{
    if (met[item])
        return;
    met[item] = true;
    vec_push(s->arena, s->rows[s->level->items.at[item].layer], item);
    for (int i = 0; i < s->below[item].count; i++)
        visit(s, s->pieces.at[s->below[item].at[i]].to, met);
}

static void first_order(Sheet *s)
{
    const int count = s->level->items.count;
    bool *met = arena_alloc(s->arena, (size_t)count * sizeof *met);
    for (int i = 0; i < count; i++)
        visit(s, i, met);
}

/* Sorts a row by the mean place of what its items are linked to on one side; ties stay as they are. */
static void sort_row(Sheet *s, Row *row, bool up)
{
    for (int i = 0; i < row->count; i++) {
        const int item = row->at[i];
        const int count = up ? s->above[item].count : s->below[item].count;
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += s->rank[up ? s->pieces.at[s->above[item].at[k]].from : s->pieces.at[s->below[item].at[k]].to];
        s->wish[item] = count ? sum / count : s->rank[item];
    }
    for (int i = 1; i < row->count; i++) {
        const int item = row->at[i];
        int k = i;
        for (; k > 0 && s->wish[row->at[k - 1]] > s->wish[item]; k--)
            row->at[k] = row->at[k - 1];
        row->at[k] = item;
    }
    for (int i = 0; i < row->count; i++)
        s->rank[row->at[i]] = (i + 0.5) / row->count;
}

static void find_order(Sheet *s)
{
    first_order(s);
    for (int r = 0; r < s->row_count; r++)
        for (int i = 0; i < s->rows[r].count; i++)
            s->rank[s->rows[r].at[i]] = (i + 0.5) / s->rows[r].count;
    for (int sweep = 0; sweep < ORDER_SWEEPS; sweep++)
        for (int i = 1; i < s->row_count; i++)
            sort_row(s, &s->rows[sweep % 2 ? s->row_count - 1 - i : i], sweep % 2 == 0);
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

static double gap_between(const Item *left, const Item *right)
{
    return left->kind == ITEM_BEND || right->kind == ITEM_BEND ? BEND_GAP : ITEM_GAP;
}

/* Items that want to stand too near to each other, or in another order, and so stand side by side. */
typedef struct Block {
    double sum, weight; /* of what its items wish for its left end; its place is sum / weight */
    int items;
} Block;

/* Places a row as near to what its items wish as their order allows, in least squares: blocks that would overlap become
 * one. */
static void settle_row(Sheet *s, const Row *row)
{
    Block *blocks = arena_alloc(s->arena, (size_t)(row->count + 1) * sizeof *blocks);
    Item *items = s->level->items.at;
    double *offset = arena_alloc(s->arena, (size_t)(row->count + 1) * sizeof *offset);
    int count = 0;
    for (int i = 0; i < row->count; i++) {
        const int item = row->at[i];
        if (i > 0)
            offset[i] = offset[i - 1] + items[row->at[i - 1]].place.width +
                        gap_between(&items[row->at[i - 1]], &items[item]);
        blocks[count++] = (Block){(s->wish[item] - offset[i]) * s->weight[item], s->weight[item], 1};
        while (count > 1 && blocks[count - 2].sum / blocks[count - 2].weight >=
                                blocks[count - 1].sum / blocks[count - 1].weight) {
            blocks[count - 2].sum += blocks[count - 1].sum;
            blocks[count - 2].weight += blocks[count - 1].weight;
            blocks[count - 2].items += blocks[count - 1].items;
            count--;
        }
    }
    for (int b = 0, i = 0; b < count; b++)
        for (int k = 0; k < blocks[b].items; k++, i++)
            items[row->at[i]].place.x = blocks[b].sum / blocks[b].weight + offset[i];
}

/* Where an item would stand if its links on the chosen sides went straight down. */
static void wish_row(Sheet *s, const Row *row, bool up, bool down)
{
    const Item *items = s->level->items.at;
    for (int i = 0; i < row->count; i++) {
        const int item = row->at[i];
        double sum = 0;
        int count = 0;
        for (int k = 0; up && k < s->above[item].count; k++, count++) {
            const Piece *piece = &s->pieces.at[s->above[item].at[k]];
            sum += items[piece->from].place.x + piece->from_at - piece->to_at;
        }
        for (int k = 0; down && k < s->below[item].count; k++, count++) {
            const Piece *piece = &s->pieces.at[s->below[item].at[k]];
            sum += items[piece->to].place.x + piece->to_at - piece->from_at;
        }
        s->wish[item] = count ? sum / count : items[item].place.x;
        s->weight[item] = items[item].kind == ITEM_BEND ? BEND_WEIGHT : 1;
    }
    settle_row(s, row);
}

static void find_columns(Sheet *s)
{
    for (int r = 0; r < s->row_count; r++) /* at first side by side, around 0 */
        for (int i = 0; i < s->rows[r].count; i++) {
            const int item = s->rows[r].at[i];
            s->level->items.at[item].place.x = -s->level->items.at[item].place.width / 2;
        }
    for (int sweep = 0; sweep < PLACE_SWEEPS; sweep++)
        for (int i = 0; i < s->row_count; i++)
            wish_row(s, &s->rows[sweep % 2 ? s->row_count - 1 - i : i], sweep % 2 == 0, sweep % 2 == 1);
    for (int i = 0; i < s->row_count; i++)
        wish_row(s, &s->rows[i], true, true);
}

/* Between a row and the next one; an entry or an exit has no label. */
static double gap_below(const Sheet *s, int row)
{
    const Item *items = s->level->items.at;
    if (row + 1 == s->row_count)
        return 0;
    const bool port = items[s->rows[row].at[0]].kind == ITEM_ENTRY;
    return port || items[s->rows[row + 1].at[0]].kind == ITEM_EXIT ? PORT_GAP : LAYER_GAP;
}

/* Moves all to the right of 0 and gives each row its height. */
static void find_rows(Sheet *s, double *row_top, double *row_end)
{
    Level *level = s->level;
    double left = 0, right = 0, y = 0;
    for (int i = 0; i < level->items.count; i++) {
        const Rect *place = &level->items.at[i].place;
        left = i == 0 || place->x < left ? place->x : left;
        right = i == 0 || place->x + place->width > right ? place->x + place->width : right;
    }
    for (int r = 0; r < s->row_count; r++) {
        double height = 0;
        for (int i = 0; i < s->rows[r].count; i++) {
            const double own = level->items.at[s->rows[r].at[i]].place.height;
            height = own > height ? own : height;
        }
        for (int i = 0; i < s->rows[r].count; i++) {
            Rect *place = &level->items.at[s->rows[r].at[i]].place;
            place->x -= left;
            place->y = y + (height - place->height) / 2;
        }
        row_top[r] = y;
        row_end[r] = y + height;
        y += height + gap_below(s, r);
    }
    level->width = right - left;
    level->height = y;
}

static void add_point(Arena *arena, Points *points, double x, double y)
{
    vec_push(arena, *points, ((Point){x, y}));
}

/* A link leaves its row before it turns, and is straight again where it passes or enters another one. */
static void draw_link(Sheet *s, Link *link, const double *row_top, const double *row_end)
{
    const Item *items = s->level->items.at, *from = &items[link->from], *to = &items[link->to];
    const double begin = from->place.x + link->from_at, end = to->place.x + link->to_at;
    add_point(s->arena, &link->points, begin, from->place.y + from->place.height);
    add_point(s->arena, &link->points, begin, row_end[from->layer]);
    for (int i = 0; i < link->bends; i++) {
        const Item *bend = &items[link->first_bend + i];
        add_point(s->arena, &link->points, bend->place.x, row_top[bend->layer]);
        add_point(s->arena, &link->points, bend->place.x, row_end[bend->layer]);
    }
    add_point(s->arena, &link->points, end, row_top[to->layer]);
    add_point(s->arena, &link->points, end, to->place.y);
}

void level_place(Arena *arena, Level *level)
{
    Sheet s = {.arena = arena, .level = level};
    s.row_count = find_layers(level);
    cut_links(&s);
    connect(&s);
    find_order(&s);
    find_columns(&s);
    double *row_top = arena_alloc(arena, (size_t)s.row_count * sizeof *row_top);
    double *row_end = arena_alloc(arena, (size_t)s.row_count * sizeof *row_end);
    find_rows(&s, row_top, row_end);
    for (int i = 0; i < level->links.count; i++)
        draw_link(&s, &level->links.at[i], row_top, row_end);
}
