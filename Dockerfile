FROM python:3.11-slim

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN SECRET_KEY=build DATA_DIR=/tmp/build python -c "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'crm.settings'; django.setup(); from crm.translations import compile_messages; compile_messages()"
RUN useradd --create-home crm && mkdir /data && chown crm /data
USER crm
ENV DATA_DIR=/data PYTHONUNBUFFERED=1
EXPOSE 8000
CMD ["python", "manage.py", "serve"]
