FROM node:20-slim AS npm
WORKDIR /portal
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev

FROM python:3.12-slim
WORKDIR /portal
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ENVIRONMENT=production
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=npm /portal/node_modules node_modules
COPY . .
# Files get the hashed names that production looks for; the other values only have to be there.
RUN python -m portal.messages compile \
    && SECRET_KEY=build ERASURE_KEY=build ALLOWED_HOSTS=build DATABASE_URL=sqlite://:memory: REDIS_URL=redis://build \
        EMAIL_HOST=build DEFAULT_FROM_EMAIL=build@build.example python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system portal && mkdir -p var /erasures && chown portal var /erasures
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000"]
