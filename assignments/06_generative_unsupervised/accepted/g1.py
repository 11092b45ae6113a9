"""Other right answers: PCA, the linear auto-encoder."""

from autograder.rubric import accepted


@accepted("pca_of_the_covariance")
class pca_of_the_covariance:
    """PCA by the eigenvectors of the covariance, with signs of its own."""

    def pca(X, k):
        mean = np.mean(X, 0)
        A = X - mean
        values, vectors = np.linalg.eigh(A.T @ A / (X.shape[0] - 1))
        order = np.argsort(values)[::-1][:k]
        components = -vectors[:, order].T
        return [components, values[order], mean]

    def reconstruct(X, components, mean):
        out = np.zeros_like(X)
        for i in range(X.shape[0]):
            out[i] = mean
            for c in components:
                out[i] += np.dot(X[i] - mean, c) * c
        return out


@accepted("pca_with_axes_that_were_kept")
def pca(X, k):
    """"Axes of length 1 more": the mean has shape (1, d), as keepdims leaves it; variances are a list."""
    mean = X.mean(axis=0, keepdims=True)
    _, s, Vt = np.linalg.svd(X - mean)
    return Vt[:k], [float(one) ** 2 / (len(X) - 1) for one in s[:k]], mean


@accepted("reconstruct_as_written")
def reconstruct(X, components, mean):
    """The handout's formula as it stands: mean + (X - mean) C^T C."""
    return mean + (X - mean) @ components.T @ components
