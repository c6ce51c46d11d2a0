/* Embeddings: rows of a table, by number. t: place of a token; e: number of the row. */
#include <inttypes.h>

#include "targets/plain/plain.h"

static void set_tokens(Plain *p, const Op *op, const Value *x, Shape w)
{
    bool bag = op->attr.embedding.bag, mean = bag && op->attr.embedding.mean;
    bool padded = op->attr.embedding.padding >= 0;
    plain_set(p, "T", "%" PRId64, x->shape.dim[0]);
    plain_set(p, "E", "%" PRId64, w.dim[1]);
    plain_set(p, "bag", "%s", bag ? "1" : "");
    plain_set(p, "padding", "%s", padded ? arena_printf(p->arena, "%" PRId64, op->attr.embedding.padding) : "");
    plain_set(p, "counted", "%s", mean && padded ? "1" : "");
    plain_set(p, "share", "%s", !mean    ? ""
                                : padded ? " / counted"
                                         : arena_printf(p->arena, " / %" PRId64, x->shape.dim[0]));
}

#define COUNTED                                \
    "?counted int counted = 0;\n"              \
    "?counted for (int t = 0; t < $T; t++)\n"  \
    "?counted counted += x[n][t] != $padding;\n"

static void embedding(Plain *p, const Op *op)
{
    set_tokens(p, op, op->in[0], op->in[1]->shape);
    plain_print(p, "?bag memset(y, 0, count * sizeof *y);\n"
                   "for (int n = 0; n < count; n++) {\n"
                   COUNTED
                   "for (int t = 0; t < $T; t++)\n");
    if (op->attr.embedding.bag)
        plain_print(p, "?padding if (x[n][t] != $padding)\n"
                       "for (int e = 0; e < $E; e++)\n"
                       "y[n][e] += w[x[n][t]][e]$share;\n"
                       "}\n");
    else
        plain_print(p, "for (int e = 0; e < $E; e++)\n"
                       "y[n][e][t] = w[x[n][t]][e];\n"
                       "}\n");
}

static void embedding_grad(Plain *p, const Op *op)
{
    set_tokens(p, op, op->in[0], op->out[0]->shape);
    plain_set(p, "t", "%s", op->attr.embedding.bag ? "" : "[t]");
    plain_set(p, "rows", "%" PRId64, op->out[0]->shape.dim[0]);
    plain_print(p, "memset(dw, 0, $rows * sizeof *dw);\n"
                   "for (int n = 0; n < count; n++) {\n"
                   COUNTED
                   "for (int t = 0; t < $T; t++)\n"
                   "?padding if (x[n][t] != $padding)\n"
                   "for (int e = 0; e < $E; e++)\n"
                   "dw[x[n][t]][e] += dy[n][e]$t$share;\n"
                   "}\n");
}

const PlainKernel plain_embedding = {.name = "forward", .print = embedding};
const PlainKernel plain_embedding_grad = {.name = "grad_weight", .print = embedding_grad};
