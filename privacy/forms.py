from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import WithoutIdentityNumbers


class ReasonForm(WithoutIdentityNumbers, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SureForm(forms.Form):
    sure = forms.BooleanField(label=_("Yes, erase all of it for good"))
