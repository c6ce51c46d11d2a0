/* Kernels that go from element to element or from pixel to pixel: part of the layout step. */
#include "targets/cpu/buffers.h"

static int64_t float_bits(double number)
{
    const float nearest = (float)number;
    int32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    return bits;
}

void set_activation(Kernel *kernel, int place)
{
    int64_t *d = kernel->dim + place;
    const Op *op = kernel->activation;
    d[0] = ACT_NONE;
    d[1] = d[2] = 0;
    if (!op)
        return;
    d[0] = ACT_RELU;
    if (op->kind != OP_ACTIVATION && op->kind != OP_ACTIVATION_GRAD)
        return;
    d[0] = ACT_FIRST + (int64_t)op->attr.activation.kind;
    d[1] = float_bits(op->attr.activation.a);
    d[2] = float_bits(op->attr.activation.b);
}

/* Element-wise families: rows, length, then one row distance an operand. */
void layout_elementwise(Plan *plan, Kernel *kernel)
{
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        kernel->operand[role] = inside(buffer);
        kernel->dim[0] = buffer->rows;
        kernel->dim[1] = buffer->cols * buffer->pitch;
        kernel->dim[2 + k] = buffer_row(buffer);
    }
    if (kernel->family == FAMILY_ADD)
        set_activation(kernel, ADD_act);
}

void layout_activation(Plan *plan, Kernel *kernel)
{
    const Activation *activation = &kernel->ops[0]->attr.activation;
    if (kernel->scope == SCOPE_BATCH)
        layout_activation_grad_parts(plan, kernel);
    else
        layout_elementwise(plan, kernel);
    if (kernel->family == FAMILY_ACTIVATE_GRAD) {
        kernel->dim[ACTIVATE_GRAD_kind] = activation->kind;
        return;
    }
    const Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    kernel->dim[ACTIVATE_kind] = activation->kind;
    kernel->dim[ACTIVATE_cols] = y->cols;
    kernel->dim[ACTIVATE_channels] = activation->moves_zero ? y->channels : y->pitch;
    kernel->dim[ACTIVATE_pitch] = y->pitch;
}

/* Families that go from pixel to pixel of images that are alike: rows, cols, channels, two dimensions more, then the
 * distances of a row and of a pixel in each image. */
static void layout_pixels(Plan *plan, Kernel *kernel, int distances)
{
    int64_t *d = kernel->dim;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        bool parameter = buffer->space == SPACE_WEIGHTS || buffer->space == SPACE_GRADIENTS;
        kernel->operand[role] = parameter ? whole(buffer) : inside(buffer);
        if (parameter)
            continue;
        d[0] = buffer->rows;
        d[1] = buffer->cols;
        d[2] = buffer->pitch;
        d[distances++] = buffer_row(buffer);
        d[distances++] = buffer->pitch;
    }
}

void layout_softmax(Plan *plan, Kernel *kernel)
{
    layout_pixels(plan, kernel, SOFTMAX_x_row);
    kernel->dim[SOFTMAX_padded] = kernel->dim[SOFTMAX_channels];
    kernel->dim[SOFTMAX_channels] = buffer_at(plan, kernel, kernel->roles[0])->channels;
    kernel->dim[SOFTMAX_log] = kernel->ops[0]->attr.log;
}

void layout_prelu(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    const Value *slope = op->kind == OP_PRELU_GRAD_WEIGHT ? op->out[0] : op->in[op->kind == OP_PRELU ? 1 : 2];
    layout_pixels(plan, kernel, PRELU_x_row);
    kernel->dim[PRELU_shared] = slope->shape.dim[0] == 1;
}

void layout_scale_channels(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const int64_t dims[] = {y->rows, y->cols, y->pitch, buffer_row(x), x->pitch, buffer_row(y), y->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_FACTORS] = inside(buffer_at(plan, kernel, ROLE_FACTORS));
    kernel->operand[ROLE_Y] = inside(y);
}

void layout_flatten(Plan *plan, Kernel *kernel)
{
    bool back = kernel->family == FAMILY_UNFLATTEN;
    Buffer *flat = buffer_at(plan, kernel, back ? ROLE_X : ROLE_Y);
    Buffer *image = buffer_at(plan, kernel, back ? ROLE_Y : ROLE_X);
    int64_t *d = kernel->dim;
    d[FLATTEN_rows] = image->rows;
    d[FLATTEN_cols] = image->cols;
    d[FLATTEN_channels] = image->channels;
    if (back) {
        d[UNFLATTEN_channels_padded] = image->pitch;
        d[UNFLATTEN_x_row] = buffer_row(image);
        d[UNFLATTEN_x_col] = image->pitch;
    } else {
        d[FLATTEN_x_row] = buffer_row(image);
        d[FLATTEN_x_col] = image->pitch;
        d[FLATTEN_flat_padded] = flat->pitch;
    }
    kernel->operand[back ? ROLE_X : ROLE_Y] = inside(flat);
    kernel->operand[back ? ROLE_Y : ROLE_X] = inside(image);
}

/* An image's pixels as a sequence, or back: both are gone over as the image, with nothing around it. */
static void layout_reshape(Kernel *kernel, Buffer *from, Buffer *to)
{
    const Buffer *image = from->rows > to->rows ? from : to;
    int64_t row = image->cols * image->pitch, from_row = from == image ? buffer_row(from) : row;
    const int64_t dims[] = {image->rows, image->cols, image->pitch, image->rows, image->cols, 0, 0, 0, from_row,
                            to == image ? buffer_row(to) : row};
    memcpy(kernel->dim, dims, sizeof dims);
}

/* PAD2D's dimensions are EXTEND2D's but for the one that tells what is put around; a gradient's are those of what it is
 * the gradient of. */
void layout_pad(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool gradient = kernel->family == FAMILY_EXTEND2D_GRAD, zeros = kernel->family == FAMILY_PAD2D;
    Buffer *from = buffer_at(plan, kernel, kernel->roles[0]), *to = buffer_at(plan, kernel, kernel->roles[1]);
    Buffer *x = gradient ? to : from, *y = gradient ? from : to;
    int64_t filled = op->attr.pad.value == 0 ? 0 : y->channels;
    const int64_t dims[] = {y->rows, y->cols, y->pitch, x->rows, x->cols, op->attr.pad.top, op->attr.pad.left,
                            zeros ? filled : (int64_t)op->attr.pad.mode, buffer_row(x), buffer_row(y)};
    memcpy(kernel->dim, dims, sizeof dims);
    if (op->kind == OP_RESHAPE || op->kind == OP_RESHAPE_GRAD)
        layout_reshape(kernel, from, to);
    kernel->operand[kernel->roles[0]] = inside(from);
    kernel->operand[kernel->roles[1]] = inside(to);
}

void layout_upsample(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->family == FAMILY_UPSAMPLE2D_GRAD;
    const Role in = gradient ? ROLE_DX : ROLE_X, out = gradient ? ROLE_DY : ROLE_Y;
    Buffer *x = buffer_at(plan, kernel, in), *y = buffer_at(plan, kernel, out);
    const int64_t dims[] = {y->rows, y->cols, y->pitch, x->rows, x->cols, (int64_t)kernel->ops[0]->attr.upsample.mode,
                            buffer_row(x), buffer_row(y)};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[in] = inside(x);
    kernel->operand[out] = inside(y);
}
