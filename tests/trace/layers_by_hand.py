"""Layers as people write them by hand, in plain NumPy: each forward with its backward."""

import math

import numpy as np


def softmax_cross_entropy(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    e = np.exp(shifted)
    p = e / e.sum(axis=1, keepdims=True)
    n = x.shape[0]
    loss = -np.log(p[np.arange(n), y]).mean()
    return loss, (p, y)


def softmax_cross_entropy_backward(dout, cache):
    p, y = cache
    n = p.shape[0]
    dx = p.copy()
    dx[np.arange(n), y] -= 1
    dx /= n
    return dx * dout


def batch_norm(x, gamma, beta):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + 1e-5)
    xhat = (x - mu) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def batch_norm_backward(dout, cache):
    xhat, gamma, std = cache
    n = dout.shape[0]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dx = (n * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0)) / (n * std)
    return dx, dgamma, dbeta


def layer_norm(x, gamma, beta):
    mu = np.mean(x, axis=-1, keepdims=True)
    var = np.mean((x - mu) ** 2, axis=-1, keepdims=True)
    inv = (var + 1e-5) ** -0.5
    xhat = (x - mu) * inv
    return xhat * gamma + beta, {"xhat": xhat, "inv": inv, "gamma": gamma}


def layer_norm_backward(dout, cache):
    xhat, inv, gamma = cache["xhat"], cache["inv"], cache["gamma"]
    d = dout * gamma
    dx = inv * (d - d.mean(axis=-1, keepdims=True) - xhat * (d * xhat).mean(axis=-1, keepdims=True))
    return {"x": dx, "gamma": (dout * xhat).sum(axis=0), "beta": dout.sum(axis=0)}


def rms_norm(x, w):
    r = 1.0 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)
    return x * r * w, (x, r, w)


def rms_norm_backward(dout, cache):
    x, r, w = cache
    d = x.shape[-1]
    dw = np.sum(dout * x * r, axis=0)
    dn = dout * w
    dx = r * dn - x * r**3 / d * np.sum(dn * x, axis=-1, keepdims=True)
    return dx, dw


def attention(q, k, v):
    d = q.shape[-1]
    s = q @ k.T / math.sqrt(d)
    mask = np.tril(np.ones(s.shape)) == 0
    s = np.where(mask, -1e9, s)
    s = s - s.max(axis=-1, keepdims=True)
    e = np.exp(s)
    e = np.where(mask, 0, e)
    a = e / e.sum(axis=-1, keepdims=True)
    return a @ v, (q, k, v, a, mask)


def attention_backward(dout, cache):
    q, k, v, a, mask = cache
    da = dout @ v.T
    dv = a.T @ dout
    ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))
    ds[mask] = 0
    ds /= np.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, dv


def conv1d(x, w, b):
    n, length = x.shape
    f, width = w.shape
    out = np.zeros((n, f, length - width + 1))
    for i in range(out.shape[2]):
        out[:, :, i] = x[:, i : i + width] @ w.T + b
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        dx[:, i : i + w.shape[1]] += dout[:, :, i] @ w
        dw += dout[:, :, i].T @ x[:, i : i + w.shape[1]]
    return dx, dw, dout.sum(axis=(0, 2))


def conv2d(x, w, b):
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[None, :, None, None], (xp, w)


def conv2d_backward(dout, cache):
    xp, w = cache
    dxp, dw = np.zeros_like(xp), np.zeros(w.shape)
    _, f, h, wd = dout.shape
    for i in range(h):
        for j in range(wd):
            window = xp[:, :, i : i + w.shape[2], j : j + w.shape[3]]
            for c in range(f):
                dw[c] += np.sum(window * dout[:, c, i, j][:, None, None, None], axis=0)
            dxp[:, :, i : i + w.shape[2], j : j + w.shape[3]] += np.tensordot(
                dout[:, :, i, j], w, axes=([1], [0])
            )
    return dxp[:, :, 1:-1, 1:-1], dw, dout.sum(axis=(0, 2, 3))


def max_pool(x):
    n, h, w = x.shape
    out = x.reshape(n, h // 2, 2, w // 2, 2).max(axis=(2, 4))
    return out, (x, out)


def max_pool_backward(dout, cache):
    x, out = cache
    mask = x == np.repeat(np.repeat(out, 2, axis=1), 2, axis=2)
    return np.repeat(np.repeat(dout, 2, axis=1), 2, axis=2) * mask


def relu(x):
    return np.maximum(0, x), x


def relu_backward(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def leaky_relu(x):
    return np.where(x > 0, x, 0.01 * x)


def leaky_relu_backward(dout, x):
    dx = np.array(dout, copy=True)
    dx[x < 0] *= 0.01
    return dx


def rnn(x, wx, wh, b):
    steps, n, _ = x.shape
    h = np.zeros((steps + 1, n, wh.shape[0]))
    for t in range(steps):
        h[t] = np.tanh(x[t] @ wx + h[t - 1] @ wh + b)
    return h[:steps], (x, wx, wh, h)


def rnn_backward(dout, cache):
    x, wx, wh, h = cache
    dx, dwx, dwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
    db = np.zeros(wh.shape[0])
    dnext = np.zeros_like(h[0])
    for t in reversed(range(x.shape[0])):
        dh = dout[t] + dnext
        da = dh * (1 - h[t] ** 2)
        dx[t] = da @ wx.T
        dwx += x[t].T @ da
        dwh += h[t - 1].T @ da
        db += da.sum(axis=0)
        dnext = da @ wh.T
    return dx, dwx, dwh, db


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, h, c, w, u, b):
    a = x @ w + h @ u + b
    i, f, o, g = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    c_new = f * c + i * g
    t = np.tanh(c_new)
    return np.concatenate([o * t, c_new], axis=1), (x, h, c, w, u, i, f, o, g, t)


def lstm_step_backward(dout, cache):
    x, h, c, w, u, i, f, o, g, t = cache
    dh, dc = np.split(dout, 2, axis=1)
    dc = dc + dh * o * (1 - t**2)
    di, df, do, dg = dc * g, dc * c, dh * t, dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g * g)])
    return da @ w.T, da @ u.T, dc * f, x.T @ da, h.T @ da, da.sum(axis=0)


def gru_step(x, h, w, u):
    k = h.shape[1]
    a, r = x @ w, h @ u
    z = sigmoid(a[:, :k] + r[:, :k])
    s = sigmoid(a[:, k : 2 * k] + r[:, k : 2 * k])
    n = np.tanh(a[:, 2 * k :] + s * r[:, 2 * k :])
    return (1 - z) * n + z * h, (x, h, w, u, z, s, n, r)


def gru_step_backward(dout, cache):
    x, h, w, u, z, s, n, r = cache
    k = h.shape[1]
    dn = dout * (1 - z) * (1 - n**2)
    dz = dout * (h - n) * z * (1 - z)
    ds = dn * r[:, 2 * k :] * s * (1 - s)
    da = np.concatenate((dz, ds, dn), axis=1)
    dr = np.concatenate((dz, ds, dn * s), axis=1)
    return da @ w.T, dr @ u.T + dout * z, x.T @ da, h.T @ dr


def swiglu(x, w, v):
    a, b = x @ w, x @ v
    s = sigmoid(a)
    return a * s * b, (x, w, v, a, b, s)


def swiglu_backward(dout, cache):
    x, w, v, a, b, s = cache
    da = dout * b * (s + a * s * (1 - s))
    db = dout * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_tanh_backward(dout, x):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2))


def hinge(x, y):
    n = x.shape[0]
    right = x[np.arange(n), y]
    margins = np.maximum(0, x - right[:, np.newaxis] + 1.0)
    margins[np.arange(n), y] = 0
    loss = np.sum(margins) / n
    positive = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(n), y] -= positive
    return loss, dx / n


def hinge_backward(dout, cache):
    return dout * cache


class Dense:
    """With its caches and gradients as attributes."""

    def __init__(self, n_in, n_out):
        self.W = np.ones((n_in, n_out))
        self.b = np.zeros(n_out)
        self.x = None
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)
