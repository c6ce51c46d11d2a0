/* Embeddings: rows of a table, by number. t: place of a token; e: place in its row. */
#include "targets/plain/plain.h"

static void tell(Plain *p, const Op *op, const Value *w)
{
    plain_size(p, "T", op->in[0]->shape.dim[0]);
    plain_size(p, "R", w->shape.dim[0]);
    plain_size(p, "E", w->shape.dim[1]);
    plain_setting(p, "padding", op->attr.embedding.padding, -1);
}

static void forward_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->in[1]);
}

static void grad_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->out[0]);
}

static const char *name_of(Plain *p, const Op *op, const char *suffix)
{
    const char *name = !op->attr.embedding.bag ? "embedding" : op->attr.embedding.mean ? "embedding_mean"
                                                                                       : "embedding_sum";
    return arena_printf(p->arena, "%s_%s", name, suffix);
}

static const char *forward_name(Plain *p, const Op *op)
{
    return name_of(p, op, "forward");
}

static const char *grad_name(Plain *p, const Op *op)
{
    return name_of(p, op, "grad_weight");
}

static void set_bag(Plain *p, const Op *op)
{
    bool bag = op->attr.embedding.bag, mean = bag && op->attr.embedding.mean, padded = plain_has(p, "padding");
    plain_set(p, "counted", "%s", mean && padded ? "1" : "");
    plain_set(p, "share", "%s", !mean ? "" : padded ? " / counted" : " / T");
    plain_set(p, "from", "%s", bag ? "n * E + e" : "(n * E + e) * T + t");
}

#define COUNTED                                \
    "?counted int counted = 0;\n"              \
    "?counted for (int t = 0; t < T; t++)\n"   \
    "?counted counted += x[n * T + t] != padding;\n"

static void embedding(Plain *p, const Op *op)
{
    set_bag(p, op);
    if (op->attr.embedding.bag)
        plain_print(p, "memset(y, 0, count * E * sizeof *y);\n"
                       "for (int n = 0; n < count; n++) {\n"
                       COUNTED
                       "for (int t = 0; t < T; t++)\n"
                       "?padding if (x[n * T + t] != padding)\n"
                       "for (int e = 0; e < E; e++)\n"
                       "y[n * E + e] += w[x[n * T + t] * E + e]$share;\n"
                       "}\n");
    else
        plain_print(p, "for (int n = 0; n < count; n++)\n"
                       "for (int e = 0; e < E; e++)\n"
                       "for (int t = 0; t < T; t++)\n"
                       "y[(n * E + e) * T + t] = w[x[n * T + t] * E + e];\n");
}

static void embedding_grad(Plain *p, const Op *op)
{
    set_bag(p, op);
    plain_print(p, "memset(dw, 0, R * E * sizeof *dw);\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?counted {\n"
                   COUNTED
                   "for (int t = 0; t < T; t++)\n"
                   "?padding if (x[n * T + t] != padding)\n"
                   "for (int e = 0; e < E; e++)\n"
                   "dw[x[n * T + t] * E + e] += dy[$from]$share;\n"
                   "?counted }\n");
}

const PlainKernel plain_embedding = {
    .name = "embedding_forward", .named = forward_name, .sizes = forward_sizes, .print = embedding,
    .about = "Each token is the number of a row of the table w: R rows of E numbers."};
const PlainKernel plain_embedding_grad = {
    .name = "embedding_grad_weight", .named = grad_name, .sizes = grad_sizes, .print = embedding_grad,
    .about = "A row of the table gets the gradients of all places where its token stood."};
