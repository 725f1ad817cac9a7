### Bilgilerin neden aktarıldığı. `$child` "çocuğunuz" ya da "genç"; hep yalın hâlde durur.

child-own = çocuğunuz
child-other = genç

## Okuldan okula

purpose-transfer-report-primary = İlkokuldan veya özel eğitimden geçiş raporu
purpose-transfer-report-primary-why = { $you ->
        [je] Yeni okul neler yapabildiğini ve neye ihtiyacın olduğunu bilmeli.
       *[u] Yeni okul şunu bilmeli: { $child } neler yapabiliyor ve neye ihtiyaç duyuyor.
    }
purpose-transfer-report-primary-ground = Kanuna göre okul bu raporu göndermek zorunda. Bu yüzden okul izin istemez.

purpose-transfer-report-secondary = Ortaöğretim ve mbo arasında geçiş bilgileri
purpose-transfer-report-secondary-why = { $you ->
        [je] Yeni okul neler yapabildiğini ve neye ihtiyacın olduğunu bilmeli.
       *[u] Yeni okul şunu bilmeli: { $child } neler yapabiliyor ve neye ihtiyaç duyuyor.
    }
purpose-transfer-report-secondary-ground = Kanuna göre okullar bu bilgileri birbirine verir. Bu yüzden okul izin istemez.

purpose-mbo-arrival = Genç yeni okula geldi mi?
purpose-mbo-arrival-why = { $you ->
        [je] Böylece iki okul arasında kaybolmazsın. Gelmezsen biri bunu fark eder.
       *[u] Böylece kimse iki okul arasında kaybolmaz. Gelmeyen kişi { $child } ise biri bunu fark eder.
    }
purpose-mbo-arrival-ground = Kanuna göre okullar bunu birbirine veya belediyeye bildirir. Bu yüzden okul izin istemez.

purpose-preschool-handover = Okul öncesinden ilkokula bilgi aktarımı
purpose-preschool-handover-why = { $you ->
        [je] Öğretmenin neye ihtiyacın olduğunu ilk günden bilir.
       *[u] Öğretmen ilk günden bilir: { $child } neye ihtiyaç duyuyor.
    }
purpose-preschool-handover-ground = Bu yalnızca izinle yapılabilir.

## Okul çevresinde

purpose-swv-support = Okulda ek destek ayarlamak
purpose-swv-support-why = { $you ->
        [je] Çevredeki okullar sınıfta ek destek için birlikte çalışır. Neye ihtiyacın olduğuna birlikte bakarlar.
       *[u] Çevredeki okullar sınıfta ek destek için birlikte çalışır. Birlikte şuna bakarlar: { $child } neye ihtiyaç duyuyor.
    }
purpose-swv-support-ground = Kanun bu görevi okullara birlikte verir. Bu yüzden okul izin istemez.

purpose-attendance = Devamsızlığı bildirmek
purpose-attendance-why = { $you ->
        [je] Sık sık okula gelmiyorsan, belediye ne olduğunu anlamaya yardım eder.
       *[u] Bir çocuk sık sık okula gelmiyorsa, belediye ne olduğunu anlamaya yardım eder.
    }
purpose-attendance-ground = Kanuna göre okul bunu bildirmek zorunda. Bu yüzden okul izin istemez.

purpose-early-leaver = Okula veya işe dönüş
purpose-early-leaver-why = { $you ->
        [je] Belediye okula veya işe dönmene yardım eder.
       *[u] Belediye, okulu diplomasız bırakan gençlere yardım eder.
    }
purpose-early-leaver-ground = { $you ->
        [je] Kanuna göre okul bunu bildirir. Sağlığınla ilgili bilgiler yalnızca sen istersen gönderilir.
       *[u] Kanuna göre okul bunu bildirir. Sağlıkla ilgili bilgiler yalnızca genç isterse gönderilir.
    }

purpose-pupil-transport = Okul geçişinden sonra ulaşım
purpose-pupil-transport-why = Belediye yeni okula gidiş gelişi ayarlar.
purpose-pupil-transport-ground = Bu yalnızca izinle yapılabilir.

## Okul ile yardım arasında

purpose-care-access = Belediyeden yardım isteği
purpose-care-access-why = { $you ->
        [je] Belediye hangi yardımın uygun olduğuna bakar. Olanları baştan anlatman gerekmez.
       *[u] Belediye hangi yardımın uygun olduğuna bakar. Olanları baştan anlatmanız gerekmez.
    }
purpose-care-access-ground = Bu yalnızca izinle yapılabilir.

purpose-care-handover = Okuldan yardım kurumuna sıcak aktarım
purpose-care-handover-why = { $you ->
        [je] Yardım görevlisi sınıfta sana neyin iyi geldiğini bilir. Olanları baştan anlatman gerekmez.
       *[u] Yardım görevlisi sınıfta { $child } için neyin iyi olduğunu bilir. Olanları baştan anlatmanız gerekmez.
    }
purpose-care-handover-ground = Bu yalnızca izinle yapılabilir.

purpose-dyslexia-referral = Ağır disleksi için yönlendirme
purpose-dyslexia-referral-why = { $you ->
        [je] Yardım görevlisi okuma ve yazmada ek yardım gerekip gerekmediğine bakar.
       *[u] Yardım görevlisi okuma ve yazmada { $child } için ek yardım gerekip gerekmediğine bakar.
    }
purpose-dyslexia-referral-ground = Bu yalnızca izinle yapılabilir.

purpose-care-feedback = Öğretmenin neye ihtiyacı var?
purpose-care-feedback-why = Öğretmen yardım olduğunu ve sınıfta neyin iyi geldiğini bilir. Yardımın ne hakkında olduğu yazmaz.
purpose-care-feedback-ground = Bu yalnızca izinle yapılabilir.

purpose-case-conference = Bir çocuk, bir plan
purpose-case-conference-why = Yardım eden herkes bir masada oturur ve aynı plan üzerinde çalışır.
purpose-case-conference-ground = Bu yalnızca izinle yapılabilir. Her katılımcı için ayrı sorulur.

purpose-care-status = Süren yardım: belediye ve yardım kurumu, ya da taşınmadan sonra
purpose-care-status-why = Böylece yardım, taşınmadan sonra da sürer.
purpose-care-status-ground = Kanuna göre belediye ve yardım kurumu bunu birbirine bildirir. Bu yüzden izin istenmez.

## Güvenlik

purpose-safety = Güvensiz bir durumu bildirmek
purpose-safety-why = { $you ->
        [je] Biri senin güvenliğin için endişeleniyor.
       *[u] Biri { $child } güvende mi diye endişeleniyor.
    }
purpose-safety-ground = Kanuna göre bir uzman bunu izinsiz bildirebilir. İkinci bir uzman da baktı.

## Kurumda kiminle

desk-lpa = zorunlu eğitim görevlisi
desk-loket = gençlik yardımı danışma yeri
desk-neighbourhood-team = mahalle ekibi
desk-school-support-team = okulun destek ekibi
desk-early-leavers = okulu erken bırakanlar için danışma yeri

## Alan kurum ne kadar saklar

keep-months = { $from } sonrasında { $months ->
        [one] 1 ay
       *[other] { $months } ay
    }
keep-years = { $from } sonrasında { $years } yıl
keep-until = { $from } tarihine kadar
keep-own = alan kurumun kendi kuralları ne kadar diyorsa
keep-declined-months = Alan kurum kabul etmezse { $months ->
        [one] 1 ay
       *[other] { $months } ay
    }
keep-signed = Bu, bu iş birliğinin imzalanmış kurallarında yazar
keep-from-received = alınma
keep-from-leaving = alan okuldan ayrılma
keep-from-decision = okullar iş birliğinin kararı
keep-from-end-of-school-year = okul yılının bitişi
keep-from-age-27 = 27. doğum günü
keep-from-last-entry = dosyadaki son not
keep-from-plan-closed = planın bitişi
mark-17 = 2017 metni
mark-D = bu iş birliğinin kendi seçimi
mark-U = henüz bir hukukçu tarafından kontrol edilmedi
