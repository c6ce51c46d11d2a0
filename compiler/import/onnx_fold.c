/* Numbers that nodes make of numbers, or of a shape: what exporters write for x.view(x.size(0), -1). */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "graph/onnx.h"
#include "import/onnx.h"

static int64_t *ints_in(OnnxNumbers *numbers)
{
    return (int64_t *)numbers->ints;
}

static float *floats_in(OnnxNumbers *numbers)
{
    return (float *)numbers->floats;
}

static OnnxNumbers *make_ints(OnnxReader *r, const Onnx__Node *node, const int64_t *values, int64_t count)
{
    OnnxNumbers *made = onnx_new_numbers(r, node, shape_of(1, &count), false);
    if (count)
        memcpy(ints_in(made), values, (size_t)count * sizeof *values);
    return made;
}

/* One element of other numbers. */
static void copy_one(OnnxNumbers *to, int64_t at, const OnnxNumbers *from, int64_t place)
{
    if (from->floats)
        floats_in(to)[at] = from->floats[place];
    else
        ints_in(to)[at] = from->ints[place];
}

/* ---- Shapes and constants ---------------------------------------------------------------------------------------- */

static const OnnxNumbers *fold_shape(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *value = onnx_input(r, node, 0);
    int64_t dims[MAX_RANK];
    const Shape *shape = value->numbers ? &value->numbers->shape : &value->shape;
    int64_t first = onnx_int_of(node, "start", 0), end = onnx_int_of(node, "end", shape->rank);
    first = first < 0 ? first + shape->rank : first;
    end = end < 0 ? end + shape->rank : end > shape->rank ? shape->rank : end;
    for (int i = 0; i < shape->rank; i++)
        dims[i] = shape->dim[i] == ONNX_BATCH && r->batch ? r->batch : shape->dim[i];
    if (first < 0 || end < first)
        onnx_refuse(r, node, "it asks for dimensions that its input has not");
    return make_ints(r, node, dims + first, end - first);
}

static const OnnxNumbers *fold_constant(OnnxReader *r, const Onnx__Node *node)
{
    for (size_t i = 0; i < node->n_attribute; i++) {
        const Onnx__Attribute *given = node->attribute[i];
        if (!strcmp(given->name, "value") && given->t)
            return onnx_read_numbers(r, given->t);
        if (!strcmp(given->name, "value_ints"))
            return make_ints(r, node, given->ints, (int64_t)given->n_ints);
        const bool one = !strcmp(given->name, "value_float"), whole = !strcmp(given->name, "value_int");
        if (!one && !whole && strcmp(given->name, "value_floats") != 0)
            continue;
        const int64_t count = (int64_t)given->n_floats;
        OnnxNumbers *made = onnx_new_numbers(r, node, one || whole ? (Shape){0} : shape_of(1, &count), !whole);
        if (whole)
            ints_in(made)[0] = given->i;
        else if (one)
            floats_in(made)[0] = given->f;
        else if (count)
            memcpy(floats_in(made), given->floats, (size_t)count * sizeof(float));
        return made;
    }
    onnx_refuse(r, node, "a constant is a tensor, `value`, or numbers");
}

static Shape shape_in(OnnxReader *r, const Onnx__Node *node, size_t i)
{
    int64_t count;
    const int64_t *dims = onnx_ints_of(r, node, i, "shape", &count);
    if (!dims || count > MAX_RANK)
        onnx_refuse(r, node, "numbers have at most %d dimensions", MAX_RANK);
    return shape_of((int)count, dims);
}

static const OnnxNumbers *fold_filled(OnnxReader *r, const Onnx__Node *node)
{
    const Onnx__Attribute *given = onnx_attribute(node, "value");
    const OnnxNumbers *value = given && given->t ? onnx_read_numbers(r, given->t) : NULL;
    OnnxNumbers *made = onnx_new_numbers(r, node, shape_in(r, node, 0), !value || value->floats);
    if (value && value->count != 1)
        onnx_refuse(r, node, "its value is a single number");
    for (int64_t i = 0; value && i < made->count; i++)
        copy_one(made, i, value, 0);
    return made;
}

static const OnnxNumbers *fold_range(OnnxReader *r, const Onnx__Node *node)
{
    int64_t given[3], count;
    for (size_t i = 0; i < 3; i++) {
        const int64_t *values = onnx_ints_of(r, node, i, "", &count);
        if (count != 1 || values[0] == ONNX_BATCH || values[0] > INT32_MAX || values[0] < INT32_MIN)
            onnx_refuse(r, node, "a range is of three whole numbers");
        given[i] = values[0];
    }
    if (given[2] == 0)
        onnx_refuse(r, node, "its step is 0");
    count = (given[1] - given[0] + given[2] - (given[2] > 0 ? 1 : -1)) / given[2];
    count = count > 0 ? count : 0;
    OnnxNumbers *made = onnx_new_numbers(r, node, shape_of(1, &count), false);
    for (int64_t i = 0; i < count; i++)
        ints_in(made)[i] = given[0] + i * given[2];
    return made;
}

/* ---- The same numbers elsewhere ---------------------------------------------------------------------------------- */

/* Numbers of a shape, each from a place: the sum over its dimensions of index times step, from `first` on. */
static const OnnxNumbers *pick(OnnxReader *r, const Onnx__Node *node, const OnnxNumbers *from, Shape shape,
                               int64_t first, const int64_t *step)
{
    OnnxNumbers *made = onnx_new_numbers(r, node, shape, from->floats != NULL);
    int64_t index[MAX_RANK] = {0}, place = first;
    for (int64_t i = 0; i < made->count; i++) {
        copy_one(made, i, from, place);
        place = onnx_next_place(&shape, step, index, place);
    }
    return made;
}

static void steps_of(Shape shape, int64_t *step)
{
    for (int64_t d = shape.rank - 1, count = 1; d >= 0; d--) {
        step[d] = count;
        count *= shape.dim[d];
    }
}

static const OnnxNumbers *reshaped(OnnxReader *r, const OnnxNumbers *from, Shape shape)
{
    OnnxNumbers *made = arena_make(r->import->arena, OnnxNumbers);
    *made = *from;
    made->shape = shape;
    return made;
}

static const OnnxNumbers *fold_reshape(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    Shape shape = shape_in(r, node, 1);
    int64_t known = 1;
    int open = -1;
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dim[i] == 0 && i < from->shape.rank)
            shape.dim[i] = from->shape.dim[i];
        open = shape.dim[i] == -1 ? i : open;
        if (shape.dim[i] != -1 && (shape.dim[i] < 0 || shape.dim[i] > INT32_MAX || known > INT32_MAX))
            onnx_refuse(r, node, "its shape is none");
        known *= shape.dim[i] == -1 ? 1 : shape.dim[i];
    }
    if (open >= 0)
        shape.dim[open] = known ? from->count / known : 0;
    if ((open >= 0 ? known * shape.dim[open] : known) != from->count)
        onnx_refuse(r, node, "its shape is one of more or fewer numbers");
    return reshaped(r, from, shape);
}

static const OnnxNumbers *fold_unsqueeze(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    int64_t count;
    const int64_t *axes = onnx_ints_of(r, node, 1, "axes", &count);
    Shape shape = {.rank = (int)(from->shape.rank + count)};
    bool is_new[MAX_RANK] = {0};
    if (count > MAX_RANK - from->shape.rank)
        onnx_refuse(r, node, "numbers have at most %d dimensions", MAX_RANK);
    for (int64_t i = 0; i < count; i++)
        is_new[onnx_axis(r, node, axes[i], shape.rank)] = true;
    for (int i = 0, k = 0; i < shape.rank; i++)
        shape.dim[i] = is_new[i] || k >= from->shape.rank ? 1 : from->shape.dim[k++];
    return reshaped(r, from, shape);
}

static const OnnxNumbers *fold_squeeze(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    int64_t count;
    const int64_t *axes = onnx_ints_of(r, node, 1, "axes", &count);
    Shape shape = {0};
    for (int i = 0; i < from->shape.rank; i++) {
        bool goes = !axes && from->shape.dim[i] == 1;
        for (int64_t k = 0; k < count; k++)
            goes = goes || onnx_axis(r, node, axes[k], from->shape.rank) == i;
        if (goes && from->shape.dim[i] != 1)
            onnx_refuse(r, node, "only a dimension of 1 can go");
        if (!goes)
            shape.dim[shape.rank++] = from->shape.dim[i];
    }
    return reshaped(r, from, shape);
}

static const OnnxNumbers *fold_transpose(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    const int rank = from->shape.rank;
    int64_t step[MAX_RANK], all[MAX_RANK];
    bool taken[MAX_RANK] = {0};
    Shape shape = {.rank = rank};
    steps_of(from->shape, all);
    for (int i = 0; i < rank; i++) {
        const int axis = onnx_axis(r, node, onnx_at_of(node, "perm", (size_t)i, rank - 1 - i), rank);
        if (taken[axis])
            onnx_refuse(r, node, "perm names a dimension twice");
        taken[axis] = true;
        shape.dim[i] = from->shape.dim[axis];
        step[i] = all[axis];
    }
    return pick(r, node, from, shape, 0, step);
}

static const OnnxNumbers *fold_slice(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    const bool old = onnx_attribute(node, "starts") != NULL;
    int64_t counts[4], step[MAX_RANK], first = 0;
    const int64_t *starts = onnx_ints_of(r, node, 1, "starts", &counts[0]),
                  *ends = onnx_ints_of(r, node, 2, "ends", &counts[1]),
                  *axes = onnx_ints_of(r, node, 3, "axes", &counts[2]),
                  *by = old ? NULL : onnx_ints_of(r, node, 4, "", &counts[3]);
    Shape shape = from->shape;
    steps_of(shape, step);
    if (!starts || !ends || counts[0] != counts[1] || (axes && counts[2] != counts[0]) || counts[0] > shape.rank ||
        (by && counts[3] != counts[0]))
        onnx_refuse(r, node, "it has not as many ends as starts");
    for (int64_t i = 0; i < counts[0]; i++) {
        const int axis = onnx_axis(r, node, axes ? axes[i] : i, shape.rank);
        const int64_t size = shape.dim[axis], all = step[axis];
        int64_t a = starts[i] < 0 ? starts[i] + size : starts[i], b = ends[i] < 0 ? ends[i] + size : ends[i];
        if (by && by[i] != 1)
            onnx_refuse(r, node, "numbers are taken one behind the other");
        a = a < 0 ? 0 : a > size ? size : a;
        b = b < a ? a : b > size ? size : b;
        first += a * all;
        shape.dim[axis] = b - a;
    }
    return pick(r, node, from, shape, first, step);
}

static const OnnxNumbers *fold_expand(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    const Shape wanted = shape_in(r, node, 1);
    const int rank = wanted.rank > from->shape.rank ? wanted.rank : from->shape.rank;
    int64_t step[MAX_RANK], all[MAX_RANK];
    Shape shape = {.rank = rank};
    steps_of(from->shape, all);
    for (int i = 0; i < rank; i++) {
        const int a = i - (rank - from->shape.rank), b = i - (rank - wanted.rank);
        const int64_t have = a < 0 ? 1 : from->shape.dim[a], want = b < 0 ? 1 : wanted.dim[b];
        if (have != 1 && want != 1 && have != want)
            onnx_refuse(r, node, "numbers do not go into that shape");
        shape.dim[i] = have == 1 ? want : have;
        step[i] = a < 0 || have == 1 ? 0 : all[a];
    }
    return pick(r, node, from, shape, 0, step);
}

static const OnnxNumbers *fold_gather(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false), *places = onnx_operand(r, node, 1, false);
    const int axis = onnx_axis(r, node, onnx_int_of(node, "axis", 0), from->shape.rank);
    int64_t before = 1, behind = 1;
    Shape shape = {0};
    if (!places->ints || from->shape.rank + places->shape.rank - 1 > MAX_RANK)
        onnx_refuse(r, node, "it takes at places that are whole numbers");
    for (int i = 0; i < axis; i++)
        before *= shape.dim[shape.rank++] = from->shape.dim[i];
    for (int i = 0; i < places->shape.rank; i++)
        shape.dim[shape.rank++] = places->shape.dim[i];
    for (int i = axis + 1; i < from->shape.rank; i++)
        behind *= shape.dim[shape.rank++] = from->shape.dim[i];
    OnnxNumbers *made = onnx_new_numbers(r, node, shape, from->floats != NULL);
    for (int64_t i = 0; i < before; i++)
        for (int64_t k = 0; k < places->count; k++) {
            const int64_t place = onnx_axis(r, node, places->ints[k], (int)from->shape.dim[axis]);
            for (int64_t j = 0; j < behind; j++)
                copy_one(made, (i * places->count + k) * behind + j, from,
                         (i * from->shape.dim[axis] + place) * behind + j);
        }
    return made;
}

static const OnnxNumbers *fold_concat(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *first = onnx_operand(r, node, 0, false);
    const int axis = onnx_axis(r, node, onnx_int_of(node, "axis", 0), first->shape.rank);
    Shape shape = first->shape;
    int64_t before = 1, at = 0, behind = 1;
    for (size_t i = 1; i < node->n_input; i++) {
        const OnnxNumbers *other = onnx_operand(r, node, i, false);
        Shape alike = other->shape;
        alike.dim[axis] = first->shape.dim[axis];
        if (!shape_equal(alike, first->shape) || !other->floats != !first->floats)
            onnx_refuse(r, node, "its numbers are not alike");
        shape.dim[axis] += other->shape.dim[axis];
    }
    for (int i = 0; i < shape.rank; i++)
        *(i < axis ? &before : &behind) *= i == axis ? 1 : shape.dim[i];
    OnnxNumbers *made = onnx_new_numbers(r, node, shape, first->floats != NULL);
    for (int64_t row = 0; row < before; row++)
        for (size_t i = 0; i < node->n_input; i++) {
            const OnnxNumbers *from = onnx_operand(r, node, i, false);
            const int64_t count = from->shape.dim[axis] * behind;
            for (int64_t k = 0; k < count; k++)
                copy_one(made, at++, from, row * count + k);
        }
    return made;
}

/* ---- Arithmetic -------------------------------------------------------------------------------------------------- */

static const OnnxNumbers *fold_cast(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    const int64_t to = onnx_int_of(node, "to", 0);
    if (to != ONNX_TENSOR_FLOAT && to != ONNX_TENSOR_INT32 && to != ONNX_TENSOR_INT64 && to != ONNX_TENSOR_BOOL)
        onnx_refuse(r, node, "numbers are float32, int64, int32 or bool here, not of the type %" PRId64, to);
    if (!from->floats == (to != ONNX_TENSOR_FLOAT) && to != ONNX_TENSOR_BOOL)
        return from;
    OnnxNumbers *made = onnx_new_numbers(r, node, from->shape, to == ONNX_TENSOR_FLOAT);
    for (int64_t i = 0; i < from->count; i++) {
        if (from->ints ? from->ints[i] == ONNX_BATCH : !(fabsf(from->floats[i]) < 1e15F))
            onnx_refuse(r, node, "a number of it is not known, or too large");
        if (to == ONNX_TENSOR_FLOAT)
            floats_in(made)[i] = (float)from->ints[i];
        else if (to == ONNX_TENSOR_BOOL)
            ints_in(made)[i] = from->ints ? from->ints[i] != 0 : from->floats[i] != 0;
        else
            ints_in(made)[i] = (int64_t)from->floats[i];
    }
    return made;
}

static bool compute_ints(char op, int64_t a, int64_t b, int64_t *out)
{
    if (a == ONNX_BATCH || b == ONNX_BATCH) {
        const int64_t other = a == ONNX_BATCH ? b : a;
        *out = op == '=' ? other == ONNX_BATCH : ONNX_BATCH;
        if (op == '=')
            return other <= 0;
        return other == (op == '*' || op == '/') && (a == ONNX_BATCH || op == '*' || op == '+');
    }
    switch (op) {
    case '+': return !__builtin_add_overflow(a, b, out);
    case '-': return !__builtin_sub_overflow(a, b, out);
    case '*': return !__builtin_mul_overflow(a, b, out);
    case '/': *out = b == 0 || b == -1 ? 0 : a / b; return b != 0 && b != -1;
    default: *out = a == b; return true;
    }
}

static float compute_floats(char op, float a, float b)
{
    return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
}

/* Of the first two inputs, element by element; what has fewer dimensions, or one of 1, is taken again. */
static const OnnxNumbers *fold_two(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *in[2] = {onnx_operand(r, node, 0, false), onnx_operand(r, node, 1, false)};
    const char op = strchr("+-*/=", node->op_type[0] == 'A' ? '+' : node->op_type[0] == 'S' ? '-' :
                           node->op_type[0] == 'M' ? '*' : node->op_type[0] == 'D' ? '/' : '=')[0];
    int64_t step[2][MAX_RANK] = {{0}};
    Shape shape = {.rank = in[0]->shape.rank > in[1]->shape.rank ? in[0]->shape.rank : in[1]->shape.rank};
    if (!in[0]->floats != !in[1]->floats || (op == '=' && in[0]->floats))
        onnx_refuse(r, node, "its numbers are of two types");
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = 1;
        for (int k = 0; k < 2; k++) {
            const int d = i - (shape.rank - in[k]->shape.rank);
            const int64_t size = d < 0 ? 1 : in[k]->shape.dim[d];
            if (size != 1 && shape.dim[i] != 1 && size != shape.dim[i])
                onnx_refuse(r, node, "its numbers are not of one shape");
            shape.dim[i] = size == 1 ? shape.dim[i] : size;
        }
    }
    for (int k = 0; k < 2; k++)
        for (int64_t d = in[k]->shape.rank - 1, count = 1; d >= 0; d--) {
            step[k][d + shape.rank - in[k]->shape.rank] = in[k]->shape.dim[d] == 1 ? 0 : count;
            count *= in[k]->shape.dim[d];
        }
    const OnnxNumbers *a = pick(r, node, in[0], shape, 0, step[0]), *b = pick(r, node, in[1], shape, 0, step[1]);
    OnnxNumbers *made = onnx_new_numbers(r, node, shape, a->floats != NULL);
    for (int64_t i = 0; i < made->count; i++)
        if (a->floats)
            floats_in(made)[i] = compute_floats(op, a->floats[i], b->floats[i]);
        else if (!compute_ints(op, a->ints[i], b->ints[i], &ints_in(made)[i]))
            onnx_refuse(r, node, "it computes with the size of the batch, or beyond 64 bits");
    return made;
}

static const OnnxNumbers *fold_one(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_floats_of(r, node, 0, false);
    OnnxNumbers *made = onnx_new_numbers(r, node, from->shape, true);
    for (int64_t i = 0; i < from->count; i++) {
        const float x = from->floats[i];
        floats_in(made)[i] = !strcmp(node->op_type, "Sqrt")         ? sqrtf(x)
                             : !strcmp(node->op_type, "Reciprocal") ? 1 / x
                             : !strcmp(node->op_type, "Floor")      ? floorf(x)
                             : !strcmp(node->op_type, "Ceil")       ? ceilf(x)
                                                                    : -x;
    }
    return made;
}

/* One of two numbers each time, all three of one shape or single ones. */
static const OnnxNumbers *fold_where(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *which = onnx_operand(r, node, 0, false), *a = onnx_operand(r, node, 1, false),
                      *b = onnx_operand(r, node, 2, false);
    const OnnxNumbers *largest = which->count >= a->count && which->count >= b->count ? which
                                 : a->count >= b->count                               ? a
                                                                                      : b;
    const int64_t n = largest->count;
    if (!which->ints || !a->floats != !b->floats || (which->count != 1 && which->count != n) ||
        (a->count != 1 && a->count != n) || (b->count != 1 && b->count != n) || n == 0)
        onnx_refuse(r, node, "its numbers are not of one shape");
    OnnxNumbers *made = onnx_new_numbers(r, node, largest->shape, a->floats != NULL);
    for (int64_t i = 0; i < n; i++) {
        const OnnxNumbers *from = which->ints[which->count == 1 ? 0 : i] ? a : b;
        copy_one(made, i, from, from->count == 1 ? 0 : i);
    }
    return made;
}

/* The product of all. */
static const OnnxNumbers *fold_product(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxNumbers *from = onnx_operand(r, node, 0, false);
    int64_t product = 1;
    if (!from->ints || from->shape.rank != 1)
        onnx_refuse(r, node, "it is of a list of whole numbers");
    for (int64_t i = 0; i < from->count; i++)
        if (!compute_ints('*', product, from->ints[i], &product))
            onnx_refuse(r, node, "it computes with the size of the batch, or beyond 64 bits");
    const OnnxNumbers *made = make_ints(r, node, &product, 1);
    return onnx_int_of(node, "keepdims", 1) ? made : reshaped(r, made, (Shape){0});
}

static const OnnxNumbers *fold_same(OnnxReader *r, const Onnx__Node *node)
{
    return onnx_operand(r, node, 0, false);
}

static const struct {
    const char *op;
    const OnnxNumbers *(*fold)(OnnxReader *r, const Onnx__Node *node);
} foldable[] = {
    {"Add", fold_two},         {"Cast", fold_cast},          {"Ceil", fold_one},       {"Concat", fold_concat},
    {"ConstantOfShape", fold_filled}, {"Div", fold_two},     {"Equal", fold_two},      {"Expand", fold_expand},
    {"Floor", fold_one},       {"Gather", fold_gather},      {"Identity", fold_same},  {"Mul", fold_two},
    {"Neg", fold_one},         {"Range", fold_range},        {"Reciprocal", fold_one}, {"ReduceProd", fold_product},
    {"Reshape", fold_reshape}, {"Slice", fold_slice},        {"Sqrt", fold_one},       {"Squeeze", fold_squeeze},
    {"Sub", fold_two},         {"Transpose", fold_transpose}, {"Unsqueeze", fold_unsqueeze}, {"Where", fold_where},
};

bool onnx_fold(OnnxReader *r, const Onnx__Node *node, OnnxValue *out)
{
    bool reads = false;
    if (!strcmp(node->op_type, "Constant")) {
        out->numbers = fold_constant(r, node);
        return true;
    }
    if (!strcmp(node->op_type, "Shape") && onnx_input(r, node, 0)) {
        out->numbers = fold_shape(r, node);
        return true;
    }
    for (size_t i = 0; i < node->n_input; i++) {
        const OnnxValue *value = onnx_input(r, node, i);
        if (value && !value->numbers)
            return false;
        reads = reads || value;
    }
    for (size_t i = 0; reads && i < sizeof foldable / sizeof *foldable; i++)
        if (!strcmp(foldable[i].op, node->op_type)) {
            out->numbers = foldable[i].fold(r, node);
            return true;
        }
    onnx_refuse(r, node, reads ? "what it makes of the file's numbers is not computed here"
                               : "it makes something of no input");
}
