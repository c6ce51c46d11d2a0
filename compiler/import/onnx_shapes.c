/* The shapes of what nodes make, as the file means them, and in which order netc has their dimensions. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx.h"

/* ---- Orders ------------------------------------------------------------------------------------------------------ */

int onnx_place(const OnnxValue *value, int64_t axis)
{
    axis = axis < 0 ? axis + value->shape.rank : axis;
    for (int i = 0; i < value->shape.rank; i++)
        if (value->from[i] == axis)
            return i;
    return -1;
}

Shape onnx_sample(const OnnxValue *value)
{
    Shape sample = {.rank = value->shape.rank - 1};
    for (int i = 0; i < sample.rank; i++)
        sample.dim[i] = value->shape.dim[value->from[1 + i]];
    return sample;
}

bool onnx_is_plain(const OnnxValue *value)
{
    for (int i = 0; i < value->shape.rank; i++)
        if (value->from[i] != i)
            return false;
    return !value->row_of;
}

static void set_plain(OnnxValue *out)
{
    for (int i = 0; i < MAX_RANK; i++)
        out->from[i] = i;
}

/* ---- Checks ------------------------------------------------------------------------------------------------------ */

/* The first input that is no numbers. */
static OnnxValue *value_in(OnnxReader *r, const Onnx__Node *node)
{
    for (size_t i = 0; i < node->n_input; i++) {
        OnnxValue *value = onnx_input(r, node, i);
        if (value && !value->numbers)
            return value;
    }
    onnx_refuse(r, node, "it makes something of no input");
}

/* The first input, which must be a value, with at least so many dimensions. */
static OnnxValue *x_of(OnnxReader *r, const Onnx__Node *node, int rank)
{
    OnnxValue *x = onnx_input(r, node, 0);
    if (!x || x->numbers)
        onnx_refuse(r, node, "its first input is numbers of the file");
    if (x->shape.rank < rank)
        onnx_refuse(r, node, "its input has %d dimensions, with the batch; this is of %d or more", x->shape.rank, rank);
    return x;
}

/* An axis of a value; the batch is none. */
static int axis_of(OnnxReader *r, const Onnx__Node *node, int64_t axis, int rank)
{
    const int from_start = onnx_axis(r, node, axis, rank);
    if (from_start == 0)
        onnx_refuse(r, node, "its axis is the batch, whose samples have nothing to do with each other");
    return from_start;
}

static int64_t product(const Shape *shape, int first)
{
    int64_t count = 1;
    for (int i = first; i < shape->rank; i++)
        count = shape->dim[i] > 0 && count > INT32_MAX / shape->dim[i] ? INT32_MAX : count * shape->dim[i];
    return count;
}

/* ---- As the input is --------------------------------------------------------------------------------------------- */

static void like(OnnxValue *out, const OnnxValue *x)
{
    out->shape = x->shape;
    memcpy(out->from, x->from, sizeof out->from);
    out->row_of = x->row_of;
}

void onnx_shape_same(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    like(out, x_of(r, node, 2));
}

void onnx_shape_plain(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    onnx_shape_same(r, node, out);
    onnx_expect_plain(r, node);
}

/* Values that meet have one order; numbers stand beside any. */
void onnx_shape_broadcast(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = value_in(r, node);
    like(out, x);
    for (size_t i = 0; i < node->n_input; i++) {
        const OnnxValue *other = onnx_input(r, node, i);
        if (!other)
            continue;
        const Shape *shape = other->numbers ? &other->numbers->shape : &other->shape;
        for (int k = 0; k < shape->rank; k++) {
            const int d = k + out->shape.rank - shape->rank;
            if (d < 0 && shape->dim[k] == 1)
                continue;
            if (d < 0 || (shape->dim[k] != 1 && out->shape.dim[d] != 1 && shape->dim[k] != out->shape.dim[d]) ||
                (d == 0 && shape->dim[k] != ONNX_BATCH && shape->dim[k] != 1))
                onnx_refuse(r, node, "what meets here is not of one shape");
            out->shape.dim[d] = shape->dim[k] == 1 ? out->shape.dim[d] : shape->dim[k];
        }
        if (other != x && !other->numbers && (memcmp(other->from, x->from, sizeof x->from) != 0 ||
                                              other->row_of != x->row_of))
            onnx_refuse(r, node, "what meets here has its dimensions in two orders");
    }
}

void onnx_shape_concat(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *first = x_of(r, node, 2);
    const int axis = axis_of(r, node, onnx_int_of(node, "axis", 1), first->shape.rank);
    like(out, first);
    for (size_t i = 1; i < node->n_input; i++) {
        const OnnxValue *other = onnx_input(r, node, i);
        if (!other || other->numbers)
            onnx_refuse(r, node, "one of what meets here is numbers of the file");
        Shape alike = other->shape;
        alike.dim[axis] = first->shape.dim[axis];
        if (!shape_equal(alike, first->shape))
            onnx_refuse(r, node, "what meets here is not of one shape");
        if (memcmp(other->from, first->from, sizeof first->from) != 0 || other->row_of || first->row_of)
            onnx_refuse(r, node, "what meets here has its dimensions in two orders");
        out->shape.dim[axis] += other->shape.dim[axis];
    }
}

/* ---- Windows ----------------------------------------------------------------------------------------------------- */

static int64_t extent_of(const OnnxWindow *w, int axis, int64_t in)
{
    const int64_t span = w->dilation[axis] * (w->kernel[axis] - 1) + 1;
    const int64_t room = in + w->begin[axis] + w->end[axis] - span;
    int64_t out = room < 0 ? 0 : room / w->stride[axis] + 1;
    if (w->ceil_mode && room > 0 && room % w->stride[axis] && out * w->stride[axis] < in + w->begin[axis])
        out++; /* unless that window would begin in the padding */
    return out;
}

/* SAME_UPPER and SAME_LOWER share out the padding: an odd one comes at the end, or at the beginning. */
static void share_out(OnnxWindow *w, int axis, int64_t total, bool more_at_begin)
{
    const int64_t less = total > 0 ? total / 2 : 0, more = total > 0 ? total - less : 0;
    w->begin[axis] = more_at_begin ? more : less;
    w->end[axis] = more_at_begin ? less : more;
}

OnnxWindow onnx_window_of(const OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *x = onnx_input(r, node, 0), *weight = node->op_type[0] == 'C' ? onnx_input(r, node, 1) : NULL;
    OnnxWindow w = {.axes = x->shape.rank - 2, .ceil_mode = onnx_int_of(node, "ceil_mode", 0) != 0};
    const bool transposed = weight && node->op_type[4], sized = onnx_attribute(node, "output_shape");
    const bool upper = onnx_is_string(node, "auto_pad", "SAME_UPPER");
    const bool same = upper || onnx_is_string(node, "auto_pad", "SAME_LOWER");
    if (w.axes < 1 || w.axes > 2)
        onnx_refuse(r, node, "it is of %d dimensions behind the channels; there are layers for one and two", w.axes);
    for (int i = 0; i < 2; i++) {
        const size_t axis = (size_t)(w.axes == 1 ? 0 : i);
        const int64_t in = x->shape.dim[2 + axis];
        w.kernel[i] = weight ? weight->numbers->shape.dim[2 + axis] : onnx_at_of(node, "kernel_shape", axis, 1);
        w.stride[i] = onnx_at_of(node, "strides", axis, 1);
        w.dilation[i] = onnx_at_of(node, "dilations", axis, 1);
        w.more[i] = onnx_at_of(node, "output_padding", axis, 0);
        w.begin[i] = same || sized ? 0 : onnx_at_of(node, "pads", axis, 0);
        w.end[i] = same || sized ? 0 : onnx_at_of(node, "pads", (size_t)w.axes + axis, 0);
        const int64_t numbers[] = {w.kernel[i] - 1, w.stride[i] - 1, w.dilation[i] - 1,
                                   w.begin[i],      w.end[i],        w.more[i]};
        for (int k = 0; k < 6; k++)
            if (numbers[k] < 0 || numbers[k] > INT16_MAX)
                onnx_refuse(r, node, "its window has a number that no layer has");
        const int64_t span = w.dilation[i] * (w.kernel[i] - 1) + 1;
        if (transposed) {
            const int64_t all = w.stride[i] * (in - 1) + span + w.more[i];
            w.out[i] = sized ? onnx_at_of(node, "output_shape", axis, 0) : in * w.stride[i];
            if (same || sized)
                share_out(&w, i, all - w.out[i], !upper);
            if ((same || sized) && w.out[i] > all && w.out[i] - all <= INT16_MAX)
                w.more[i] += w.out[i] - all; /* what is larger than the windows reach has more at the end */
            else
                w.out[i] = all - w.begin[i] - w.end[i];
        } else {
            if (same)
                share_out(&w, i, ((in - 1) / w.stride[i]) * w.stride[i] + span - in, !upper);
            w.out[i] = extent_of(&w, i, in);
        }
    }
    return w;
}

static void set_window(OnnxReader *r, const Onnx__Node *node, OnnxValue *out, int64_t channels)
{
    const OnnxWindow w = onnx_window_of(r, node);
    out->shape = onnx_input(r, node, 0)->shape;
    out->shape.dim[1] = channels;
    for (int i = 0; i < w.axes; i++) {
        out->shape.dim[2 + i] = w.out[i];
        if (w.out[i] < 1 || w.out[i] > INT32_MAX)
            onnx_refuse(r, node, "its window leaves nothing of its input");
    }
    set_plain(out);
}

void onnx_shape_conv(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 3);
    const OnnxNumbers *weight = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, true);
    const bool transposed = node->op_type[4] != 0;
    const int64_t groups = onnx_int_of(node, "group", 1);
    if (weight->shape.rank != x->shape.rank || groups < 1 || groups > x->shape.dim[1])
        onnx_refuse(r, node, "its weight is not of its input's channels");
    const int64_t channels = transposed ? weight->shape.dim[1] * groups : weight->shape.dim[0];
    if (weight->shape.dim[transposed ? 0 : 1] * (transposed ? 1 : groups) != x->shape.dim[1] ||
        (bias && bias->count != channels))
        onnx_refuse(r, node, "its weight is not of its input's channels");
    onnx_expect_plain(r, node);
    set_window(r, node, out, channels);
}

void onnx_shape_pool(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 3);
    onnx_expect_plain(r, node);
    set_window(r, node, out, x->shape.dim[1]);
}

void onnx_shape_global(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 3);
    onnx_expect_plain(r, node);
    like(out, x);
    for (int i = 2; i < x->shape.rank; i++)
        out->shape.dim[i] = 1;
}

/* ---- What loses or gains dimensions ------------------------------------------------------------------------------ */

/* Takes the marked dimensions out. */
static void drop(OnnxValue *out, const OnnxValue *x, const bool *goes)
{
    int number[MAX_RANK], count = 0;
    out->shape.rank = 0;
    for (int i = 0; i < x->shape.rank; i++) {
        number[i] = count;
        count += !goes[i];
        if (!goes[i])
            out->shape.dim[out->shape.rank++] = x->shape.dim[i];
    }
    set_plain(out);
    for (int i = 0, k = 0; i < x->shape.rank; i++)
        if (!goes[x->from[i]])
            out->from[k++] = number[x->from[i]];
}

/* The axes that a node names; all behind the batch and the channels, or all of 1, where it names none. */
static void mark(OnnxReader *r, const Onnx__Node *node, const OnnxValue *x, bool *marked)
{
    int64_t count;
    const int64_t *axes = onnx_ints_of(r, node, 1, "axes", &count);
    for (int64_t i = 0; i < count; i++)
        marked[axis_of(r, node, axes[i], x->shape.rank)] = true;
    if (!axes)
        onnx_refuse(r, node, "it does not say its axes, and so is of the batch too");
}

void onnx_shape_reduce(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    bool marked[MAX_RANK] = {0};
    mark(r, node, x, marked);
    like(out, x);
    for (int i = 0; i < x->shape.rank; i++)
        out->shape.dim[i] = marked[i] ? 1 : x->shape.dim[i];
    if (!onnx_int_of(node, "keepdims", 1))
        drop(out, x, marked);
}

void onnx_shape_squeeze(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    bool marked[MAX_RANK] = {0};
    if (node->n_input > 1 || onnx_attribute(node, "axes"))
        mark(r, node, x, marked);
    else
        for (int i = 1; i < x->shape.rank; i++)
            marked[i] = x->shape.dim[i] == 1;
    for (int i = 0; i < x->shape.rank; i++)
        if (marked[i] && x->shape.dim[i] != 1)
            onnx_refuse(r, node, "only a dimension of 1 can go");
    drop(out, x, marked);
}

void onnx_shape_unsqueeze(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    int64_t count;
    const int64_t *axes = onnx_ints_of(r, node, 1, "axes", &count);
    bool is_new[MAX_RANK] = {0};
    if (count > MAX_RANK - x->shape.rank || x->row_of)
        onnx_refuse(r, node, "it gives its input more than %d dimensions, or knows them in another order", MAX_RANK);
    out->shape.rank = x->shape.rank + (int)count;
    for (int64_t i = 0; i < count; i++)
        is_new[axis_of(r, node, axes[i], out->shape.rank)] = true;
    int number[MAX_RANK] = {0}, place = 2;
    for (int i = 0, k = 0; i < out->shape.rank; i++) {
        const bool more = is_new[i] || k >= x->shape.rank;
        number[more ? 0 : k] = i;
        out->shape.dim[i] = more ? 1 : x->shape.dim[k++];
    }
    number[0] = 0;
    set_plain(out);
    if (onnx_is_plain(x))
        return;
    out->from[1] = number[x->from[1]]; /* the channels stay in front, and the new ones come behind them */
    for (int i = 1; i < out->shape.rank; i++)
        if (is_new[i])
            out->from[place++] = i;
    for (int i = 2; i < x->shape.rank; i++)
        out->from[place++] = number[x->from[i]];
}

/* Whether the elements of a sample lie in another order than in the file. What is 1 wide has no order. */
static bool is_turned(const OnnxValue *x)
{
    int last = 0;
    for (int i = 1; i < x->shape.rank; i++) {
        if (x->shape.dim[x->from[i]] == 1)
            continue;
        if (x->from[i] < last)
            return true;
        last = x->from[i];
    }
    return false;
}

/* A row of each sample. */
static void set_row(OnnxValue *out, const OnnxValue *x)
{
    out->shape = (Shape){.rank = 2, .dim = {ONNX_BATCH, product(&x->shape, 1)}};
    out->row_of = x->row_of ? x->row_of : is_turned(x) ? x : NULL;
    set_plain(out);
}

void onnx_shape_flatten(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    if (axis_of(r, node, onnx_int_of(node, "axis", 1), x->shape.rank) != 1)
        onnx_refuse(r, node, "a sample becomes a row, behind the batch: axis 1");
    set_row(out, x);
}

void onnx_shape_reshape(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    int64_t count, known = 1;
    const int64_t *dims = onnx_ints_of(r, node, 1, "shape", &count), elements = product(&x->shape, 1);
    int open = -1;
    if (!dims || count < 2 || count > MAX_RANK)
        onnx_refuse(r, node, "a sample is given one to three dimensions, and the batch stays in front");
    Shape shape = {.rank = (int)count};
    for (int i = 0; i < shape.rank; i++) {
        const bool copied = dims[i] == 0 && !onnx_int_of(node, "allowzero", 0) && i < x->shape.rank;
        shape.dim[i] = copied ? x->shape.dim[i] : dims[i];
        if (i == 0)
            continue;
        open = shape.dim[i] == -1 ? i : open;
        if (shape.dim[i] != -1 && (shape.dim[i] < 1 || shape.dim[i] > INT32_MAX))
            onnx_refuse(r, node, "a sample is given one to three dimensions, and the batch stays in front");
        known = shape.dim[i] == -1 ? known : known > INT32_MAX / shape.dim[i] ? INT32_MAX : known * shape.dim[i];
    }
    if (open >= 0 && shape.dim[0] != -1 && elements % known == 0)
        shape.dim[open] = elements / known;
    const bool batch = shape.dim[0] == ONNX_BATCH || shape.dim[0] == -1 || (r->batch && shape.dim[0] == r->batch);
    if (!batch || (open >= 0 && shape.dim[0] == -1) || product(&shape, 1) != elements)
        onnx_refuse(r, node, "it takes the batch apart: a sample has %" PRId64 " elements, and the batch stays in "
                    "front", elements);
    shape.dim[0] = ONNX_BATCH;
    if (shape_equal(shape, x->shape)) {
        like(out, x);
    } else if (count == 2) {
        set_row(out, x);
    } else {
        if (is_turned(x) || x->row_of)
            onnx_expect_plain(r, node);
        set_plain(out);
    }
    out->shape = shape;
}

/* netc's order stays, and the file's becomes another; but a sequence is turned by a layer. */
void onnx_shape_transpose(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    const int rank = x->shape.rank;
    int to[MAX_RANK];
    bool taken[MAX_RANK] = {0};
    set_plain(out);
    out->shape.rank = rank;
    for (int i = 0; i < rank; i++) {
        const int64_t axis = onnx_at_of(node, "perm", (size_t)i, rank - 1 - i);
        if (axis < 0 || axis >= rank || taken[axis] || (i == 0 && axis != 0))
            onnx_refuse(r, node, "perm names each dimension once, and the batch, 0, first");
        taken[axis] = true;
        to[axis] = i;
        out->shape.dim[i] = x->shape.dim[axis];
    }
    for (int i = 0; i < rank; i++)
        out->from[i] = to[x->from[i]];
    if (rank == 3 && onnx_is_plain(x))
        set_plain(out);
    out->row_of = x->row_of;
}

/* ---- Products ---------------------------------------------------------------------------------------------------- */

void onnx_shape_gemm(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    const OnnxNumbers *w = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, true);
    const int outputs = onnx_int_of(node, "transB", 0) ? 0 : 1;
    if (onnx_int_of(node, "transA", 0) || w->shape.rank != 2 || x->shape.rank != 2)
        onnx_refuse(r, node, "a Linear is x times a matrix, plus a row");
    if (w->shape.dim[1 - outputs] != x->shape.dim[1])
        onnx_refuse(r, node, "its matrix is not of its input's columns");
    if (bias && bias->count != w->shape.dim[outputs] && bias->count != 1)
        onnx_refuse(r, node, "its bias has not a number for each output");
    out->shape = (Shape){.rank = 2, .dim = {ONNX_BATCH, w->shape.dim[outputs]}};
    set_plain(out);
}

void onnx_shape_matmul(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2), *w = onnx_input(r, node, 1);
    if (!w || !w->numbers || !w->numbers->floats || w->numbers->shape.rank != 2)
        onnx_refuse(r, node, "a Linear is x times a matrix of the file");
    if (w->numbers->shape.dim[0] != x->shape.dim[x->shape.rank - 1])
        onnx_refuse(r, node, "its matrix is not of its input's columns");
    if (x->shape.rank > 3 || (x->shape.rank == 3 && !onnx_is_plain(x)))
        onnx_refuse(r, node, "a Linear is of rows, or of sequences");
    out->shape = x->shape;
    out->shape.dim[x->shape.rank - 1] = w->numbers->shape.dim[1];
    set_plain(out);
}

void onnx_shape_embedding(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *tokens = onnx_input(r, node, 1);
    const OnnxNumbers *table = onnx_floats_of(r, node, 0, false);
    if (!tokens || onnx_int_of(node, "axis", 0) != 0 || table->shape.rank != 2 || tokens->shape.rank != 2)
        onnx_refuse(r, node, "an embedding is rows of a table, axis 0, for a row of whole numbers");
    out->shape = (Shape){.rank = 3, .dim = {ONNX_BATCH, tokens->shape.dim[1], table->shape.dim[1]}};
    set_plain(out);
}

/* ---- Other extents ----------------------------------------------------------------------------------------------- */

void onnx_shape_pad(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    int64_t count, named;
    const int64_t *pads = onnx_ints_of(r, node, 1, "pads", &count),
                  *axes = node->n_input > 3 ? onnx_ints_of(r, node, 3, "", &named) : NULL;
    const int rank = x->shape.rank;
    like(out, x);
    if (!pads || count != 2 * (axes ? named : rank))
        onnx_refuse(r, node, "it has not two pads for each axis");
    for (int64_t i = 0; i < count / 2; i++) {
        const int64_t axis = axes ? (axes[i] < 0 ? axes[i] + rank : axes[i]) : i;
        const int64_t begin = pads[i], end = pads[count / 2 + i];
        if (axis < 0 || axis >= rank || begin > INT32_MAX || end > INT32_MAX || begin < INT32_MIN || end < INT32_MIN)
            onnx_refuse(r, node, "it has a pad that no layer has");
        if (axis == 0 && (begin || end))
            onnx_refuse(r, node, "the batch is not padded");
        out->shape.dim[axis] += axis ? begin + end : 0;
        if (axis && (out->shape.dim[axis] < 1 || out->shape.dim[axis] > INT32_MAX))
            onnx_refuse(r, node, "it leaves nothing of its input");
    }
}

void onnx_shape_slice(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 2);
    const bool old = onnx_attribute(node, "starts") != NULL;
    int64_t starts, ends, named = 0, steps = 0;
    const int64_t *start = onnx_ints_of(r, node, 1, "starts", &starts), *end = onnx_ints_of(r, node, 2, "ends", &ends),
                  *axes = old || node->n_input > 3 ? onnx_ints_of(r, node, 3, "axes", &named) : NULL,
                  *step = old ? NULL : onnx_ints_of(r, node, 4, "", &steps);
    like(out, x);
    if (!start || !end || starts != ends || starts > x->shape.rank || (axes && named != starts) ||
        (step && steps != starts))
        onnx_refuse(r, node, "it has not as many ends as starts");
    for (int64_t i = 0; i < starts; i++) {
        const int axis = axis_of(r, node, axes ? axes[i] : i, x->shape.rank);
        const int64_t size = x->shape.dim[axis];
        const int64_t a = start[i] < 0 ? start[i] + size : start[i], b = end[i] < 0 ? end[i] + size : end[i];
        const int64_t first = a < 0 ? 0 : a > size ? size : a, last = b < 0 ? 0 : b > size ? size : b;
        if (start[i] == ONNX_BATCH || end[i] == ONNX_BATCH || (step && step[i] != 1) || last <= first)
            onnx_refuse(r, node, "only a part that lies together can be taken");
        out->shape.dim[axis] = last - first;
    }
}

void onnx_shape_resize(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    const OnnxValue *x = x_of(r, node, 3);
    const bool old = node->n_input == 2 && !onnx_attribute(node, "axes"); /* opset 10, and Upsample */
    const OnnxNumbers *scales = onnx_floats_of(r, node, old ? 1 : 2, true);
    int64_t count = 0, named = 0;
    const int64_t *sizes = old ? NULL : onnx_ints_of(r, node, 3, "", &count);
    const Onnx__Attribute *axes = onnx_attribute(node, "axes");
    const int rank = x->shape.rank;
    const bool by_size = sizes && count > 0;
    named = axes ? (int64_t)axes->n_ints : rank;
    like(out, x);
    if ((by_size ? count : scales ? scales->count : 0) != named || (by_size && scales && scales->count > 0))
        onnx_refuse(r, node, "it has sizes, or scales, one for each axis");
    for (int64_t i = 0; i < named; i++) {
        const int64_t given = axes ? axes->ints[i] : i, axis = given < 0 ? given + rank : given;
        if (axis < 0 || axis >= rank)
            onnx_refuse(r, node, "there is no axis %" PRId64 " in %d dimensions", given, rank);
        const int64_t in = x->shape.dim[axis];
        const double scaled = by_size ? 0 : floor((double)in * (double)scales->floats[i]);
        if (axis == 0 && (by_size ? sizes[i] != ONNX_BATCH && sizes[i] != r->batch : scales->floats[i] != 1))
            onnx_refuse(r, node, "the batch keeps its size");
        if (axis == 0)
            continue;
        if (by_size ? sizes[i] < 1 || sizes[i] > INT32_MAX : !(scaled >= 1 && scaled <= INT32_MAX))
            onnx_refuse(r, node, "it gives an extent that no layer has");
        out->shape.dim[axis] = by_size ? sizes[i] : (int64_t)scaled;
    }
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

void onnx_find_shapes(OnnxReader *r)
{
    for (int i = 0; i < r->nodes; i++) {
        const Onnx__Node *node = r->graph->node[i];
        OnnxValue *out = r->made[i];
        if (!r->needed[i] || onnx_fold(r, node, out))
            continue;
        const OnnxOperator *as = onnx_operator(node);
        if (!as || *node->op_type >= 'a') /* onnx_rewrite.c's own come later */
            onnx_refuse(r, node, "there is no layer for this operator");
        as->shape(r, node, out);
    }
}
