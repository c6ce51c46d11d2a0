/* Rows of a learned table, by whole numbers. */
#include "graph/op.h"

/* y: E,T for a table w of rows of E, or E of a bag. */
static void must_fit(const OpCheck *check, const Value *x, const Value *w, const Value *y)
{
    op_must(check, x->shape.rank == 1, "tokens are whole numbers in a row");
    op_must(check, w->shape.rank == 2 && y->shape.dim[0] == w->shape.dim[1],
            "a row is as long as the output has channels");
    if (check->op->attr.embedding.bag)
        op_must(check, y->shape.rank == 1, "a bag is one row");
    else
        op_must(check, y->shape.rank == 2 && y->shape.dim[1] == x->shape.dim[0], "there is a column for each token");
}

/* x, w -> y */
static void verify(const OpCheck *check)
{
    must_fit(check, check->op->in[0], check->op->in[1], check->op->out[0]);
}

/* x, dy -> dw */
static void verify_grad(const OpCheck *check)
{
    must_fit(check, check->op->in[0], check->op->out[0], check->op->in[1]);
}

/* dy is added to the rows that x names. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_EMBEDDING_GRAD, op->in[1], op->in[0], dy[0], op->attr);
}

/* Of a bag the sum of the rows, or their mean; rows that count nothing are multiplied by 0 first. */
static void onnx_bag(Onnx *onnx, const Op *op, const char *rows)
{
    const char *kept = NULL, *axis = onnx_list(onnx, (int64_t[]){1}, 1);
    const char *sum = op->attr.embedding.mean ? onnx_name(onnx, "sum") : onnx_y(onnx);
    if (op->attr.embedding.padding >= 0) {
        const char *padding = onnx_list(onnx, &op->attr.embedding.padding, 1), *names[] = {
            onnx_name(onnx, "is_padding"), onnx_name(onnx, "is_kept"), onnx_name(onnx, "mask"),
            onnx_name(onnx, "kept")};
        onnx_node(onnx, "Equal", (const char *[]){onnx_x(onnx), padding, NULL}, names[0]);
        onnx_node(onnx, "Not", (const char *[]){names[0], NULL}, names[1]);
        onnx_int(onnx, onnx_node(onnx, "Cast", (const char *[]){names[1], NULL}, names[2]), "to", ONNX_TENSOR_FLOAT);
        kept = onnx_name(onnx, "kept_rows");
        onnx_node(onnx, "Unsqueeze", (const char *[]){names[2], onnx_list(onnx, (int64_t[]){2}, 1), NULL}, names[3]);
        onnx_node(onnx, "Mul", (const char *[]){rows, names[3], NULL}, kept);
        rows = kept;
        kept = names[2];
    }
    onnx_int(onnx, onnx_node(onnx, "ReduceSum", (const char *[]){rows, axis, NULL}, sum), "keepdims", 0);
    if (!op->attr.embedding.mean)
        return;
    const char *count = onnx_number(onnx, (double)op->in[0]->shape.dim[0]);
    if (kept) {
        const char *counted = onnx_name(onnx, "counted");
        count = onnx_name(onnx, "count");
        onnx_node(onnx, "ReduceSum", (const char *[]){kept, axis, NULL}, counted);
        onnx_node(onnx, "Max", (const char *[]){counted, onnx_number(onnx, 1), NULL}, count);
    }
    onnx_node(onnx, "Div", (const char *[]){sum, count, NULL}, onnx_y(onnx));
}

static void onnx_gather(Onnx *onnx, const Op *op)
{
    const char *rows = onnx_name(onnx, "rows");
    onnx_node(onnx, "Gather", (const char *[]){onnx_value(onnx, op->in[1]), onnx_x(onnx), NULL}, rows);
    if (op->attr.embedding.bag)
        onnx_bag(onnx, op, rows);
    else
        onnx_swap(onnx, rows);
}

const OpInfo op_embedding = {
    .name = "EMBEDDING",
    .formula = "y = the rows of the table w that the whole numbers x name, or their sum or mean",
    .in = {{ROLE_X, BATCHED, TYPE_I64}, {ROLE_W}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
    .onnx = onnx_gather,
};

const OpInfo op_embedding_grad = {
    .name = "EMBEDDING_GRAD",
    .formula = "dw of EMBEDDING from x, dy: added to the rows that x names, token by token",
    .in = {{ROLE_X, BATCHED, TYPE_I64}, {ROLE_DY, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad,
    .backward_name = {"embedding", "_grad"},
};
