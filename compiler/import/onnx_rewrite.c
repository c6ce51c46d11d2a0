/* Several nodes that are one operator: what exporters write for a layer that ONNX, or its older opsets, have no
 * operator for. A node that ends such a pattern is replaced by one that reads what the pattern begins with; the others
 * are left over, where nothing else reads them. */
#include <math.h>
#include <string.h>

#include "import/onnx.h"

/* ---- Looking ----------------------------------------------------------------------------------------------------- */

/* The node that makes a value, if it is of this operator. */
static const Onnx__Node *made_by(const OnnxReader *r, const OnnxValue *value, const char *op)
{
    if (!value || value->numbers || value->maker < 0)
        return NULL;
    const Onnx__Node *node = r->graph->node[value->maker];
    return !strcmp(node->op_type, op) ? node : NULL;
}

static const OnnxValue *first_of(const OnnxReader *r, const Onnx__Node *node)
{
    return node ? onnx_input(r, node, 0) : NULL;
}

/* A node of a value and of numbers, in this order, or in any where that is the same. */
typedef struct Split {
    const OnnxValue *value, *other; /* `other` is the numbers' */
    const OnnxNumbers *numbers;     /* NULL: it is none such */
} Split;

static Split split(const OnnxReader *r, const Onnx__Node *node)
{
    Split found = {0};
    const OnnxValue *a = node && node->n_input == 2 ? onnx_input(r, node, 0) : NULL,
                    *b = a ? onnx_input(r, node, 1) : NULL;
    if (!b || !a->numbers == !b->numbers)
        return found;
    if (a->numbers && strcmp(node->op_type, "Add") != 0 && strcmp(node->op_type, "Mul") != 0)
        return found;
    found = a->numbers ? (Split){b, a, a->numbers} : (Split){a, b, b->numbers};
    return found.numbers->floats ? found : (Split){0};
}

/* The value that a node takes together with a single number; NULL: it is no such node. */
static const OnnxValue *with(const OnnxReader *r, const OnnxValue *value, const char *op, double number)
{
    const Split found = split(r, made_by(r, value, op));
    const bool good = found.numbers && found.numbers->count == 1 &&
                      fabs((double)found.numbers->floats[0] - number) <= 1e-5 * fabs(number);
    return good ? found.value : NULL;
}

/* The same of x / number, or x times what that makes. */
static const OnnxValue *over(const OnnxReader *r, const OnnxValue *value, double number)
{
    const OnnxValue *x = with(r, value, "Div", number);
    return x ? x : with(r, value, "Mul", 1 / number);
}

/* Whether numbers are one for each channel of an image or a sequence. */
static bool are_of_channels(const OnnxNumbers *numbers, const OnnxValue *x)
{
    const int channels = numbers->shape.rank - (x->shape.rank - 1);
    return channels >= 0 && numbers->count == x->shape.dim[1] && numbers->shape.dim[channels] == numbers->count;
}

static bool are_all(const OnnxNumbers *numbers, float value)
{
    for (int64_t i = 0; numbers->floats && i < numbers->count; i++)
        if (numbers->floats[i] != value)
            return false;
    return numbers->floats != NULL;
}

/* ---- Replacing --------------------------------------------------------------------------------------------------- */

/* A node in place of `node`, of the values and numbers up to NULL. */
static Onnx__Node *replace(OnnxReader *r, const Onnx__Node *node, const char *op, const OnnxValue *const *in)
{
    Arena *arena = r->import->arena;
    Onnx__Node *made = arena_make(arena, Onnx__Node);
    onnx__node__init(made);
    made->name = node->name;
    made->op_type = arena_printf(arena, "%s", op);
    made->n_output = 1;
    made->output = node->output;
    while (in[made->n_input])
        made->n_input++;
    made->input = arena_alloc(arena, (made->n_input + 1) * sizeof *made->input);
    for (size_t i = 0; i < made->n_input; i++)
        made->input[i] = arena_printf(arena, "%s", in[i]->name);
    return made;
}

static Onnx__Node *simple(OnnxReader *r, const Onnx__Node *node, const char *op, const OnnxValue *x)
{
    return replace(r, node, op, (const OnnxValue *const[]){x, NULL});
}

static void set_number(OnnxReader *r, Onnx__Node *node, const char *name, float f, int64_t i)
{
    Arena *arena = r->import->arena;
    Onnx__Attribute **all = arena_alloc(arena, (node->n_attribute + 1) * sizeof *all);
    for (size_t k = 0; k < node->n_attribute; k++)
        all[k] = node->attribute[k];
    Onnx__Attribute *made = all[node->n_attribute++] = arena_make(arena, Onnx__Attribute);
    onnx__attribute__init(made);
    made->name = arena_printf(arena, "%s", name);
    made->f = f;
    made->i = i;
    node->attribute = all;
}

/* ---- Norms ------------------------------------------------------------------------------------------------------- */

/* A norm of groups is one of instances whose channels are the groups. */
static Onnx__Node *as_group_norm(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *whole = onnx_find(r, node->output[0]);
    const Onnx__Node *norm = made_by(r, first_of(r, node), "InstanceNormalization");
    const Onnx__Node *before = norm ? made_by(r, first_of(r, norm), "Reshape") : NULL;
    const OnnxValue *x = first_of(r, before), *groups = first_of(r, norm);
    if (!x || !shape_equal(x->shape, whole->shape) || groups->shape.rank != 3 || x->shape.rank < 3 || !onnx_is_plain(x))
        return NULL;
    const OnnxValue *scale = onnx_input(r, norm, 1), *shift = onnx_input(r, norm, 2);
    if (!scale || !shift || !scale->numbers || !shift->numbers || !are_all(scale->numbers, 1) ||
        !are_all(shift->numbers, 0) || x->shape.dim[1] % groups->shape.dim[1])
        return NULL;
    Onnx__Node *made = simple(r, node, "GroupNormalization", x);
    set_number(r, made, "num_groups", 0, groups->shape.dim[1]);
    set_number(r, made, "epsilon", (float)onnx_float_of(norm, "epsilon", 1e-5), 0);
    return made;
}

/* The numbers that a norm's output is multiplied by, or that are added then, are the norm's own. */
static Onnx__Node *as_affine_norm(OnnxReader *r, const Onnx__Node *node, size_t place)
{
    const Split found = split(r, node);
    const Onnx__Node *norm = made_by(r, found.value, "GroupNormalization");
    if (!norm || norm->n_input != place || !are_of_channels(found.numbers, found.value))
        return NULL;
    const OnnxValue *in[4] = {0};
    for (size_t i = 0; i < place; i++)
        in[i] = onnx_input(r, norm, i);
    in[place] = found.other;
    Onnx__Node *made = replace(r, node, "GroupNormalization", in);
    made->n_attribute = norm->n_attribute;
    made->attribute = norm->attribute;
    return made;
}

/* ---- Products ---------------------------------------------------------------------------------------------------- */

/* x times a matrix, plus a row. */
static Onnx__Node *as_linear(OnnxReader *r, const Onnx__Node *node)
{
    const Split found = split(r, node);
    const Onnx__Node *product = made_by(r, found.value, "MatMul");
    const OnnxNumbers *bias = found.numbers;
    if (!product || bias->shape.rank < 1 || bias->shape.rank > found.value->shape.rank ||
        bias->count != found.value->shape.dim[found.value->shape.rank - 1] ||
        bias->shape.dim[bias->shape.rank - 1] != bias->count)
        return NULL;
    return replace(r, node, ONNX_LINEAR,
                   (const OnnxValue *const[]){onnx_input(r, product, 0), onnx_input(r, product, 1), found.other, NULL});
}

/* Behind 1 minus it, what a sigmoid makes of a Linear: scikit-learn's two classes. */
static Onnx__Node *as_two_classes(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *second = node->n_input == 2 ? onnx_input(r, node, 1) : NULL;
    const Onnx__Node *minus = second ? made_by(r, onnx_input(r, node, 0), "Sub") : NULL;
    const OnnxValue *one = minus && minus->n_input == 2 ? onnx_input(r, minus, 0) : NULL;
    const Onnx__Node *linear = made_by(r, first_of(r, made_by(r, second, "Sigmoid")), ONNX_LINEAR);
    if (!one || !one->numbers || !are_all(one->numbers, 1) || onnx_input(r, minus, 1) != second || !linear ||
        second->shape.rank != 2 || second->shape.dim[1] != 1)
        return NULL;
    return replace(r, node, ONNX_TWO_CLASSES,
                   (const OnnxValue *const[]){onnx_input(r, linear, 0), onnx_input(r, linear, 1),
                                              onnx_input(r, linear, 2), NULL});
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

/* 1 + erf(x / sqrt 2), of x. */
static bool is_normal_share(const OnnxReader *r, const OnnxValue *value, const OnnxValue *x)
{
    const Onnx__Node *erf = made_by(r, with(r, value, "Add", 1), "Erf");
    return erf && over(r, first_of(r, erf), sqrt(2)) == x;
}

/* 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)), of x. */
static bool is_tanh_share(const OnnxReader *r, const OnnxValue *value, const OnnxValue *x)
{
    const Onnx__Node *tanh = made_by(r, with(r, value, "Add", 1), "Tanh");
    const Onnx__Node *sum = tanh ? made_by(r, with(r, first_of(r, tanh), "Mul", sqrt(2 / M_PI)), "Add") : NULL;
    if (!sum || sum->n_input != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const OnnxValue *cube = with(r, onnx_input(r, sum, 1 - i), "Mul", 0.044715);
        if (onnx_input(r, sum, i) == x && cube && with(r, cube, "Pow", 3) == x)
            return true;
    }
    return false;
}

/* Half of x times such a share: the half may be taken of x, of the product or of the share. */
static Onnx__Node *as_gelu(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *whole = with(r, onnx_find(r, node->output[0]), "Mul", 0.5);
    const Onnx__Node *product = whole ? made_by(r, whole, "Mul") : node;
    for (size_t i = 0; product && product->n_input == 2 && i < 2; i++) {
        const OnnxValue *x = onnx_input(r, product, i), *share = onnx_input(r, product, 1 - i);
        if (!x || !share || x->numbers || share->numbers)
            return NULL;
        const OnnxValue *half_x = whole ? x : with(r, x, "Mul", 0.5), *half = whole ? NULL : with(r, share, "Mul", 0.5);
        for (int k = 0; k < 2; k++) {
            const OnnxValue *of = k ? x : half_x, *times = k ? half : share;
            if (!of || !times || (!is_normal_share(r, times, of) && !is_tanh_share(r, times, of)))
                continue;
            Onnx__Node *made = simple(r, node, "Gelu", of);
            if (is_tanh_share(r, times, of)) {
                set_number(r, made, "approximate", 0, 0);
                made->attribute[0]->s = (ProtobufCBinaryData){4, (uint8_t *)"tanh"};
            }
            return made;
        }
    }
    return NULL;
}

/* x + 3, from 0 to 6, of x. */
static const OnnxValue *clipped(const OnnxReader *r, const OnnxValue *value)
{
    const Onnx__Node *clip = made_by(r, value, "Clip");
    const bool good = clip && (clip->n_input == 1 || clip->n_input == 3) && onnx_scalar(r, clip, 1, "min", -1) == 0 &&
                      onnx_scalar(r, clip, 2, "max", -1) == 6;
    return good ? with(r, first_of(r, clip), "Add", 3) : NULL;
}

static Onnx__Node *as_hard_sigmoid(OnnxReader *r, const Onnx__Node *node)
{
    const OnnxValue *whole = onnx_find(r, node->output[0]), *sixth = over(r, whole, 6);
    const OnnxValue *x = sixth ? clipped(r, sixth) : NULL;
    if (x) {
        Onnx__Node *made = simple(r, node, "HardSigmoid", x);
        set_number(r, made, "alpha", 1 / 6.0F, 0);
        set_number(r, made, "beta", 0.5F, 0);
        return made;
    }
    const Onnx__Node *product = sixth ? made_by(r, sixth, "Mul") : NULL;
    for (size_t i = 0; product && product->n_input == 2 && i < 2; i++)
        if (clipped(r, onnx_input(r, product, i)) == onnx_input(r, product, 1 - i))
            return simple(r, node, "HardSwish", onnx_input(r, product, 1 - i));
    return NULL;
}

/* x times what one activation makes of it. */
static Onnx__Node *as_gate(OnnxReader *r, const Onnx__Node *node)
{
    for (size_t i = 0; node->n_input == 2 && i < 2; i++) {
        const OnnxValue *x = onnx_input(r, node, i), *gate = onnx_input(r, node, 1 - i);
        const Onnx__Node *hard = made_by(r, gate, "HardSigmoid"), *tanh = made_by(r, gate, "Tanh");
        if (!x || x->numbers)
            continue;
        if (first_of(r, made_by(r, gate, "Sigmoid")) == x)
            return simple(r, node, "Swish", x);
        if (hard && first_of(r, hard) == x && fabs(onnx_float_of(hard, "alpha", 0.2) - 1 / 6.0) < 1e-6 &&
            onnx_float_of(hard, "beta", 0.5) == 0.5)
            return simple(r, node, "HardSwish", x);
        if (tanh && first_of(r, made_by(r, first_of(r, tanh), "Softplus")) == x)
            return simple(r, node, "Mish", x);
    }
    return NULL;
}

/* ---- Concatenations ---------------------------------------------------------------------------------------------- */

/* DenseNets put what each layer makes behind all that came before it: that was put together already. */
static Onnx__Node *as_longer_concat(OnnxReader *r, const Onnx__Node *node, int at)
{
    enum { NEAR = 256 };
    const int rank = r->made[at]->shape.rank;
    const int64_t axis = onnx_int_of(node, "axis", 1);
    for (int i = at - 1; i >= 0 && i > at - NEAR; i--) {
        const Onnx__Node *before = r->graph->node[i];
        const int64_t other = onnx_int_of(before, "axis", 1);
        if (!r->needed[i] || r->made[i]->numbers || strcmp(before->op_type, "Concat") != 0 || before->n_input < 2 ||
            before->n_input >= node->n_input || r->made[i]->shape.rank != rank ||
            (axis < 0 ? axis + rank : axis) != (other < 0 ? other + rank : other))
            continue;
        size_t same = 0;
        while (same < before->n_input && !strcmp(before->input[same], node->input[same]))
            same++;
        if (same < before->n_input)
            continue;
        const OnnxValue **in = arena_alloc(r->import->arena, (node->n_input + 2) * sizeof *in);
        in[0] = r->made[i];
        for (size_t k = same; k < node->n_input; k++)
            in[1 + k - same] = onnx_input(r, node, k);
        Onnx__Node *made = replace(r, node, "Concat", in);
        made->n_attribute = node->n_attribute;
        made->attribute = node->attribute;
        return made;
    }
    return NULL;
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

static Onnx__Node *rewritten(OnnxReader *r, const Onnx__Node *node)
{
    const char *op = node->op_type;
    Onnx__Node *made = NULL;
    if (!strcmp(op, "Add")) {
        made = as_linear(r, node);
        return made ? made : as_affine_norm(r, node, 2);
    }
    if (!strcmp(op, "Mul") || !strcmp(op, "Div")) {
        made = as_hard_sigmoid(r, node);
        made = made || *op == 'D' ? made : as_gate(r, node);
        made = made || *op == 'D' ? made : as_gelu(r, node);
        return made || *op == 'D' ? made : as_affine_norm(r, node, 1);
    }
    if (!strcmp(op, "Concat"))
        return as_two_classes(r, node);
    if (!strcmp(op, "Reshape"))
        return as_group_norm(r, node);
    if (!strcmp(op, "Log") && made_by(r, first_of(r, node), "Sigmoid"))
        return simple(r, node, ONNX_LOG_SIGMOID, first_of(r, made_by(r, first_of(r, node), "Sigmoid")));
    if (!strcmp(op, "Sub") && node->n_input == 2 &&
        first_of(r, made_by(r, onnx_input(r, node, 1), "Tanh")) == onnx_input(r, node, 0))
        return simple(r, node, ONNX_TANHSHRINK, onnx_input(r, node, 0));
    return NULL;
}

/* What is left of arithmetic with numbers: of one, or of one a channel. */
static Onnx__Node *as_affine(OnnxReader *r, const Onnx__Node *node)
{
    const Split found = split(r, node);
    if (!found.numbers || found.numbers->count < 1 || found.value->shape.rank > 4 || found.value->row_of)
        return NULL;
    const int ahead = found.value->shape.rank - found.numbers->shape.rank;
    for (int i = 0; i < found.numbers->shape.rank; i++)
        if (found.numbers->shape.dim[i] != 1 && (ahead < 0 || onnx_place(found.value, ahead + i) != 1))
            return NULL;
    const char *op = onnx_print(r, ONNX_AFFINE_PREFIX "%s", node->op_type);
    return onnx_operator_called(op) ? replace(r, node, op, (const OnnxValue *const[]){found.value, found.other, NULL})
                                    : NULL;
}

void onnx_rewrite(OnnxReader *r, int last)
{
    for (int i = r->nodes - 1; i >= 0; i--) { /* the last one first, so that those before are still as in the file */
        const bool joins = r->needed[i] && !r->made[i]->numbers && !strcmp(r->graph->node[i]->op_type, "Concat");
        Onnx__Node *made = joins ? as_longer_concat(r, r->graph->node[i], i) : NULL;
        if (made)
            r->graph->node[i] = made;
    }
    for (int i = 0; i < r->nodes; i++) {
        if (!r->needed[i] || r->made[i]->numbers)
            continue;
        Onnx__Node *made = rewritten(r, r->graph->node[i]);
        if (made)
            r->graph->node[i] = made;
    }
    onnx_find_needed(r, last);
    for (int i = 0; i < r->nodes; i++) {
        Onnx__Node *made = r->needed[i] && !r->made[i]->numbers ? as_affine(r, r->graph->node[i]) : NULL;
        if (made)
            r->graph->node[i] = made;
    }
    onnx_find_needed(r, last);
}
